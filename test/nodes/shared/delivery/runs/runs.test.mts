import type { IRun } from 'n8n-workflow';

import { MOST_AT_ONCE, Runs } from '../../../../../nodes/shared/delivery/runs/runs.ts';
import type { RunHistory } from '../../../../../nodes/shared/delivery/runs/allowance.ts';
import { cutOff, failed, FakeN8n, succeeded, type Emitted } from '../../../../kit/fakeN8n.mts';

const ITEMS = [[{ json: { a: 1 } }]];
const NO_WAITING = 'Triggers can only start runs without waiting for them';
const MINUTE = 60_000;
const IN_PROCESS: RunHistory = { queued: false, longestMs: 0 };
const IN_QUEUE: RunHistory = { queued: true, longestMs: 0 };

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

type Answer = (emitted: Emitted, count: number) => void;
const never: Answer = () => undefined;
const ends = (end: IRun | undefined, afterMs = 0): Answer => ({ done }) => void setTimeout(() => done?.resolve(end), afterMs);
const refuses = (reason: unknown): Answer => ({ done }) => done?.reject(reason instanceof Error ? reason : new Error(String(reason)));

function running(answer: Answer = never, { history = IN_PROCESS as RunHistory | 'none', mostMs = MINUTE } = {}) {
	const n8n = new FakeN8n();
	n8n.answer = answer;
	const stop = new AbortController();
	const runs = new Runs({ context: n8n.context, closing: stop.signal, mostMs, history: history === 'none' ? undefined : history });
	const lost: string[] = [];
	/** Starts a run without waiting for it; `begun` once it is. */
	const start = (key = 'key') => {
		const state: { begun?: 'started' | 'closed' } = {};
		void runs.startUnattended(() => ({ outputs: ITEMS, key }), (reason) => lost.push(reason), () => lost.push('started before')).then((begun) => (state.begun = begun));
		return state;
	};
	return { n8n, stop, runs, lost, start };
}

/** Starts a run and waits for it; the outcome once there is one. */
function waiting(answer: Answer = never, options: Parameters<typeof running>[1] = {}) {
	const parts = running(answer, options);
	const told: Array<[string, boolean]> = [];
	const state: { outcome?: unknown } = {};
	const outcome = parts.runs.startAndWait(ITEMS, 'key', (...words) => told.push(words));
	void outcome.then((value) => (state.outcome = value));
	return { ...parts, told, state, outcome };
}
const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

describe('a run that is waited for', () => {
	test('is handed over at once with items and key, and waited for until it ends', async () => {
		const { n8n, state } = waiting(ends(succeeded, 5_000));
		expect(n8n.emits).toMatchObject([{ outputs: [[{ a: 1 }]], key: 'key', done: {} }]);
		await pass(4_999);
		expect(state.outcome).toBeUndefined();
		await pass(1);
		expect(state.outcome).toEqual({ kind: 'succeeded' });
		expect(jest.getTimerCount()).toBe(0);
	});

	test('that fails, was started before, is refused or cancelled comes out as that', async () => {
		const of = async (answer: Answer) => {
			const { state } = waiting(answer);
			await pass(0);
			return state.outcome;
		};
		expect(await of(ends(failed('Bad request')))).toEqual({ kind: 'failed', reason: 'Bad request' });
		expect(await of(ends(undefined))).toEqual({ kind: 'startedBefore' });
		expect(await of(refuses('database is locked'))).toEqual({ kind: 'refused', reason: 'database is locked' });
		expect(await of(refuses(Object.assign(new Error('x'), { name: 'ManualExecutionCancelledError' })))).toEqual({ kind: 'failed', reason: 'x' });
	});

	test.each([
		[new Error('cannot serialize'), 'cannot serialize'],
		['plain text', 'plain text'],
	])('whose items n8n cannot take in comes out as that, with the reason (%p)', async (thrown, reason) => {
		const { outcome, runs } = waiting(() => {
			throw thrown;
		});
		expect(await outcome).toEqual({ kind: 'notTaken', reason });
		await runs.takenUp();
		expect(jest.getTimerCount()).toBe(0);
	});

	test('is left behind when nothing is heard of it for the time allowed', async () => {
		const { state } = waiting();
		await pass(MINUTE - 1);
		expect(state.outcome).toBeUndefined();
		await pass(1);
		expect(state.outcome).toEqual({ kind: 'unknown', waitedMs: MINUTE });
	});

	test('teaches how long to wait for the next, also when its end comes too late; a key that was started before teaches nothing', async () => {
		const { runs, n8n } = waiting(({ done }, count) => void setTimeout(() => done?.resolve(count === 1 ? ({ status: 'success', jobId: '1' } as never) : undefined), 70_000));
		await pass(MINUTE);
		expect(runs.history).toEqual(IN_PROCESS);
		await pass(10_000);
		expect(runs.history).toEqual({ queued: true, longestMs: 70_000 });
		void runs.startAndWait(ITEMS, 'key', () => undefined);
		await pass(70_000);
		expect(n8n.emits).toHaveLength(2);
		expect(runs.history).toEqual({ queued: true, longestMs: 70_000 });
	});

	test('is waited for two minutes while no end was ever told', async () => {
		const { state } = waiting(never, { history: 'none', mostMs: 60 * MINUTE });
		await pass(2 * MINUTE - 1);
		expect(state.outcome).toBeUndefined();
		await pass(1);
		expect(state.outcome).toEqual({ kind: 'unknown', waitedMs: 2 * MINUTE });
	});

	test('in queue mode is waited for no shorter than asked', async () => {
		const n8n = new FakeN8n();
		n8n.answer = never;
		const runs = new Runs({ context: n8n.context, closing: new AbortController().signal, mostMs: 60 * MINUTE, history: IN_QUEUE, leastQueuedMs: 180_000 });
		const outcome = runs.startAndWait(ITEMS, 'key', () => undefined);
		await pass(180_000);
		expect(await outcome).toEqual({ kind: 'unknown', waitedMs: 180_000 });
	});

	test('is given up at once when the trigger stops; what n8n refuses meanwhile is no reason', async () => {
		const { state, stop } = waiting();
		stop.abort();
		await pass(0);
		expect([state.outcome, jest.getTimerCount()]).toEqual([{ kind: 'closed' }, 0]);
		for (const answer of [refuses('shutting down'), never]) {
			const parts = running(answer);
			parts.stop.abort();
			expect(await parts.runs.startAndWait(ITEMS, 'key', () => undefined)).toEqual({ kind: 'closed' });
		}
	});

	test('leaves nothing behind at the signal of a trigger that runs for years', async () => {
		const stop = new AbortController();
		const added = jest.spyOn(stop.signal, 'addEventListener');
		const { context } = new FakeN8n();
		const runs = new Runs({ context, closing: stop.signal, mostMs: MINUTE, history: IN_PROCESS });
		for (let count = 0; count < 100; count++) await runs.startAndWait(ITEMS, 'key', () => undefined);
		expect(added.mock.calls.length).toBeLessThan(5);
	});
});

describe('a run whose worker died', () => {
	const DIED = 'job stalled more than maxStalledCount';

	test('is told with the reason, and whether somebody still waits for it', async () => {
		const inTime = waiting(ends(cutOff), { history: IN_QUEUE });
		await pass(0);
		expect([inTime.told, inTime.state.outcome]).toEqual([[[DIED, false]], { kind: 'failed', reason: DIED }]);
		const late = waiting(ends(cutOff, 70_000), { history: IN_QUEUE });
		await pass(70_000);
		expect(late.told).toEqual([[DIED, true]]);
	});

	test('is no news in one process, when it ended well after all, waits, or was started before', async () => {
		const toldOf = async (end: IRun | undefined, history = IN_QUEUE) => {
			const { told } = waiting(ends(end), { history });
			await pass(0);
			return told;
		};
		expect(await toldOf(cutOff, IN_PROCESS)).toEqual([]);
		for (const end of [succeeded, { status: 'waiting' } as IRun, undefined]) expect(await toldOf(end)).toEqual([]);
		expect(await toldOf({ ...failed('Bad request'), jobId: '7' } as IRun)).toEqual([]);
	});

	test('is no news once the trigger is stopped, as the event comes again', async () => {
		const { told, stop } = waiting(ends(cutOff), { history: IN_QUEUE });
		stop.abort();
		await pass(0);
		expect(told).toEqual([]);
	});

	test('is told also when nobody waits', async () => {
		const { start, lost } = running(({ done, key }) => done?.resolve(key === 'key 0' ? cutOff : ({ ...failed('Bad request'), jobId: '7' } as IRun)), { history: IN_QUEUE });
		start('key 0');
		start('key 1');
		await pass(0);
		expect(lost).toEqual([DIED]);
	});
});

describe('runs that nobody waits for', () => {
	test('are fifty at the same time, and one more each time one ends', async () => {
		expect(MOST_AT_ONCE).toBe(50);
		const { n8n, start } = running();
		for (let run = 0; run < 50; run++) {
			expect(start(`key ${run}`)).toEqual({});
			expect(n8n.emits).toHaveLength(run + 1);
			await pass(0);
		}
		const next = start('key 50');
		await pass(MINUTE / 2);
		expect([next.begun, n8n.emits.length]).toEqual([undefined, 50]);
		n8n.emits[7].done?.resolve(succeeded);
		await pass(0);
		expect([next.begun, n8n.emits.length, n8n.keys.at(-1)]).toEqual(['started', 51, 'key 50']);
		const another = start();
		await pass(0);
		expect(another.begun).toBeUndefined();
		n8n.emits[50].done?.reject(new Error('no'));
		await pass(0);
		expect(another.begun).toBe('started');
	});

	test('count as ended when nothing is heard of them for the time allowed, however long that is', async () => {
		const { n8n, start } = running(never, { mostMs: 150 * MINUTE });
		for (let run = 0; run < 50; run++) start(`key ${run}`);
		await pass(0);
		const next = start();
		await pass(150 * MINUTE - 1);
		expect(n8n.emits).toHaveLength(50);
		await pass(1);
		expect(next.begun).toBe('started');
	});

	test('are not started once the trigger stops, and leave no timer', async () => {
		const { stop, start, n8n } = running();
		for (let run = 0; run < 50; run++) start(`key ${run}`);
		await pass(0);
		const next = start();
		await pass(0);
		stop.abort();
		await pass(0);
		expect([next.begun, start(), jest.getTimerCount()]).toEqual(['closed', {}, 0]);
		await pass(0);
		expect(n8n.emits).toHaveLength(50);
	});

	test('what is stored is stored right before each is started', async () => {
		const { runs, n8n } = running();
		const order: string[] = [];
		n8n.answer = () => order.push('emit');
		for (let run = 0; run < 2; run++) await runs.startUnattended(() => (order.push('prepare'), { outputs: ITEMS, key: `${run}` }), () => undefined, () => undefined);
		expect(order).toEqual(['prepare', 'emit', 'prepare', 'emit']);
	});

	test('that n8n refuses, or cannot take in, are told with the reason; those that a person stops are not', async () => {
		const { lost, start } = running(({ done, key }) => {
			if (key === 'odd') throw new Error('cannot serialize');
			done?.reject(key === 'stopped' ? Object.assign(new Error('x'), { name: 'ManualExecutionCancelledError' }) : new Error(key));
		});
		for (const key of ['database is locked', 'odd', 'stopped', 'no']) start(key);
		await pass(0);
		expect([...lost].sort()).toEqual(['cannot serialize', 'database is locked', 'no']);
	});

	test('that n8n refuses once the trigger is stopped are no news', async () => {
		const { lost, stop, n8n, start } = running();
		start();
		stop.abort();
		n8n.emits[0].done?.reject(new Error(NO_WAITING));
		await pass(0);
		expect([lost, n8n.emits.length]).toEqual([[], 1]);
	});
});

describe('on an engine that lets nobody wait', () => {
	test('the run is started again without waiting, and so are all later ones', async () => {
		const { lost, n8n, start } = running(refuses(NO_WAITING));
		start('first');
		await pass(0);
		start('later');
		await pass(0);
		expect(n8n.emits.map(({ key, done }) => [key, done !== undefined])).toEqual([
			['first', true],
			['first', false],
			['later', false],
		]);
		expect(n8n.emits[1].outputs).toEqual([[{ a: 1 }]]);
		expect(lost).toEqual([]);
	});

	test('no more than fifty are started within two seconds, however many there are', async () => {
		const { n8n, runs } = running(refuses(NO_WAITING));
		const startedAt: number[] = [];
		const begin = performance.now();
		let done = false;
		void (async () => {
			for (let run = 0; run < 300; run++) await runs.startUnattended(() => ({ outputs: ITEMS, key: `${run}` }), () => undefined, () => undefined);
			done = true;
		})();
		while (!done) {
			await pass(250);
			while (startedAt.length < n8n.emits.length) startedAt.push(performance.now() - begin);
		}
		const untold = n8n.emits.map(({ done: told }, index) => ({ told, at: startedAt[index] })).filter(({ told }) => told === undefined);
		expect(untold).toHaveLength(300);
		for (let index = 50; index < untold.length; index++) expect(untold[index].at - untold[index - 50].at).toBeGreaterThanOrEqual(1_750);
		expect(untold.at(-1)!.at).toBeLessThan(2_000 * 7);
	});

	test('a run that n8n cannot take in is told, and takes no place', async () => {
		const { lost, start, n8n } = running(({ done, key }) => {
			if (key === 'odd' && !done) throw new Error('cannot serialize');
			done?.reject(new Error(NO_WAITING));
		});
		start('odd');
		await pass(0);
		for (let run = 0; run < 60; run++) {
			start('odd');
			await pass(0);
		}
		expect(lost).toHaveLength(61);
		expect(n8n.emits.length).toBe(62);
	});
});

describe('after a stop', () => {
	test('n8n is given two seconds to take up what was started last, by whichever way', async () => {
		for (const answer of [never, refuses(NO_WAITING)]) {
			const { runs, start, stop } = running(answer);
			start();
			await pass(1_500);
			start('last');
			await pass(0);
			stop.abort();
			let isTaken = false;
			void runs.takenUp().then(() => (isTaken = true));
			await pass(1_980);
			expect(isTaken).toBe(false);
			await pass(40);
			expect(isTaken).toBe(true);
		}
	});

	test('no longer than the runs last, and not at all when nothing was started or all has ended', async () => {
		const { runs, n8n, start } = running();
		await runs.takenUp();
		start('a');
		start('b');
		await pass(0);
		n8n.emits[0].done?.resolve(succeeded);
		await pass(0);
		let isTaken = false;
		void runs.takenUp().then(() => (isTaken = true));
		await pass(500);
		expect(isTaken).toBe(false);
		n8n.emits[1].done?.reject(new Error('x'));
		await pass(20);
		expect(isTaken).toBe(true);
	});
});
