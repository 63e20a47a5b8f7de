import type { IRun } from 'n8n-workflow';

import { RunPatience } from '../../../../nodes/shared/delivery/patience.ts';
import { refusedToWait, runAndWait, startRun } from '../../../../nodes/shared/delivery/runs.ts';
import { cutOff, failed, FakeN8n, succeeded, type Emitted } from '../../../kit/fakeN8n.mts';

const ITEMS = [[{ json: { a: 1 } }]];

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function run(answer: (emitted: Emitted) => void, patience = new RunPatience(60_000, { queued: false, longestMs: 0 })) {
	const n8n = new FakeN8n();
	n8n.answer = answer;
	const stop = new AbortController();
	const outcome = runAndWait(n8n.context, ITEMS, 'key', patience, stop.signal, () => undefined);
	return { n8n, stop, outcome, patience };
}
const ended = async (value: IRun | undefined) => await run(({ done }) => done?.resolve(value)).outcome;

test('starts a run without waiting for it', () => {
	const n8n = new FakeN8n();
	startRun(n8n.context, ITEMS, 'key');
	expect(n8n.emits).toMatchObject([{ outputs: [[{ a: 1 }]], key: 'key', done: undefined }]);
});

test('hands items and key over and waits for the end of the run', async () => {
	const { n8n, outcome } = run(({ done }) => void setTimeout(() => done?.resolve(succeeded), 5_000));
	let isDone = false;
	void outcome.then(() => (isDone = true));
	await jest.advanceTimersByTimeAsync(4_999);
	expect(isDone).toBe(false);
	await jest.advanceTimersByTimeAsync(1);
	expect(await outcome).toEqual({ kind: 'succeeded' });
	expect(n8n.emits).toMatchObject([{ outputs: [[{ a: 1 }]], key: 'key', done: {} }]);
	expect(jest.getTimerCount()).toBe(0);
});

test('a run that ended well, and one that waits at a Wait node, succeeded', async () => {
	expect(await ended(succeeded)).toEqual({ kind: 'succeeded' });
	expect(await ended({ status: 'waiting' } as IRun)).toEqual({ kind: 'succeeded' });
});

test('a key that n8n knows was started before', async () => {
	expect(await ended(undefined)).toEqual({ kind: 'startedBefore' });
});

test('a failed run says why, in the words of n8n and of the server', async () => {
	expect(await ended(failed('Bad request'))).toEqual({ kind: 'failed', reason: 'Bad request' });
	expect(await ended(failed('Bad request', ' stock is negative '))).toEqual({ kind: 'failed', reason: 'Bad request: stock is negative' });
	expect(await ended(failed('Bad request: stock', 'stock'))).toEqual({ kind: 'failed', reason: 'Bad request: stock' });
	expect(await ended(failed('Bad request', '  '))).toEqual({ kind: 'failed', reason: 'Bad request' });
	expect(await ended(failed('Bad', 'x'.repeat(600)))).toEqual({ kind: 'failed', reason: `Bad: ${'x'.repeat(500)}` });
	expect(await ended(failed('Bad', 7 as never))).toEqual({ kind: 'failed', reason: 'Bad' });
	expect(await ended({ status: 'error', data: { resultData: { error: { message: 'Bad' } } } } as unknown as IRun)).toEqual({ kind: 'failed', reason: 'Bad' });
});

test('a run that ended otherwise without an error says how', async () => {
	const runs = [{ status: 'canceled' }, { status: 'canceled', data: {} }, { status: 'canceled', data: { resultData: {} } }] as unknown as IRun[];
	for (const one of runs) expect(await ended(one)).toEqual({ kind: 'failed', reason: "the run ended as 'canceled'" });
});

test('what n8n refuses to start is told with its reason', async () => {
	expect(await run(({ done }) => done?.reject(new Error('database is locked'))).outcome).toEqual({ kind: 'refused', reason: 'database is locked' });
	expect(await run(({ done }) => done?.reject('no')).outcome).toEqual({ kind: 'refused', reason: 'no' });
});

test('a run that a person stopped was started, and failed', async () => {
	const stopped = Object.assign(new Error('The execution was cancelled'), { name: 'ManualExecutionCancelledError' });
	expect(await run(({ done }) => done?.reject(stopped)).outcome).toEqual({ kind: 'failed', reason: 'The execution was cancelled' });
	const lower = Object.assign(new Error('x'), { name: 'cancelled' });
	expect(await run(({ done }) => done?.reject(lower)).outcome).toEqual({ kind: 'failed', reason: 'x' });
});

test('gives up waiting when patience runs out, and says how long that was', async () => {
	const { outcome } = run(() => undefined);
	let isDone = false;
	void outcome.then(() => (isDone = true));
	await jest.advanceTimersByTimeAsync(59_999);
	expect(isDone).toBe(false);
	await jest.advanceTimersByTimeAsync(1);
	expect(await outcome).toEqual({ kind: 'noWord', waitedMs: 60_000 });
});

test('learns how long runs take, also from an end that comes too late', async () => {
	const patience = new RunPatience(60_000, { queued: false, longestMs: 0 });
	const { outcome } = run(({ done }) => void setTimeout(() => done?.resolve({ status: 'success', jobId: '1' } as never), 70_000), patience);
	await jest.advanceTimersByTimeAsync(60_000);
	expect(await outcome).toMatchObject({ kind: 'noWord' });
	await jest.advanceTimersByTimeAsync(10_000);
	expect(patience.history).toEqual({ queued: true, longestMs: 70_000 });
});

describe('a run whose worker died', () => {
	const inQueueMode = () => new RunPatience(60_000, { queued: true, longestMs: 0 });
	/** What is told of a run that ends after so long, in time or late. */
	async function toldOf(end: IRun | undefined, { afterMs = 0, patience = inQueueMode(), isStopped = false } = {}) {
		const n8n = new FakeN8n();
		n8n.answer = ({ done }) => void setTimeout(() => done?.resolve(end), afterMs);
		const stop = new AbortController();
		const told: Array<[string, boolean]> = [];
		void runAndWait(n8n.context, ITEMS, 'key', patience, stop.signal, (...words) => told.push(words));
		if (isStopped) stop.abort();
		await jest.advanceTimersByTimeAsync(Math.max(afterMs, 1));
		return told;
	}

	test('is told with the reason', async () => {
		expect(await toldOf(cutOff)).toEqual([['job stalled more than maxStalledCount', false]]);
	});

	test('is told when nobody waits for it any more', async () => {
		expect(await toldOf(cutOff, { afterMs: 70_000 })).toEqual([['job stalled more than maxStalledCount', true]]);
	});

	test('is no news in one process, when it ended well after all, waits, or was started before', async () => {
		expect(await toldOf(cutOff, { patience: new RunPatience(60_000, { queued: false, longestMs: 0 }) })).toEqual([]);
		for (const end of [succeeded, { status: 'waiting' } as IRun, undefined]) expect(await toldOf(end)).toEqual([]);
		expect(await toldOf({ ...failed('Bad request'), jobId: '7' } as IRun)).toEqual([]);
	});

	test('is no news once the trigger is stopped, as the event comes again', async () => {
		expect(await toldOf(cutOff, { isStopped: true })).toEqual([]);
	});
});

test('learns nothing from a key that was started before', async () => {
	const { patience, outcome } = run(({ done }) => void setTimeout(() => done?.resolve(undefined), 500));
	await jest.advanceTimersByTimeAsync(500);
	await outcome;
	expect(patience.history).toEqual({ queued: false, longestMs: 0 });
});

describe('when the trigger is stopped', () => {
	test('waits until n8n has taken the run up, two seconds after it was handed over', async () => {
		const { stop, outcome } = run(() => undefined);
		let result: unknown;
		void outcome.then((value) => (result = value));
		await jest.advanceTimersByTimeAsync(500);
		stop.abort();
		await jest.advanceTimersByTimeAsync(1_499);
		expect(result).toBeUndefined();
		await jest.advanceTimersByTimeAsync(1);
		expect(result).toEqual({ kind: 'closed' });
	});

	test('waits no longer than the run lasts, and not at all when it was taken up long ago', async () => {
		const short = run(({ done }) => void setTimeout(() => done?.resolve(succeeded), 100));
		short.stop.abort();
		await jest.advanceTimersByTimeAsync(100);
		expect(await short.outcome).toEqual({ kind: 'closed' });
		const long = run(() => undefined);
		await jest.advanceTimersByTimeAsync(10_000);
		long.stop.abort();
		await jest.advanceTimersByTimeAsync(1);
		expect(await long.outcome).toEqual({ kind: 'closed' });
		expect(jest.getTimerCount()).toBe(0);
	});

	test('what n8n refuses at that very moment is no reason either', async () => {
		const parts = run(() => undefined);
		parts.stop.abort();
		parts.n8n.emits[0].done?.reject(new Error('shutting down'));
		expect(await parts.outcome).toEqual({ kind: 'closed' });
		const before = new AbortController();
		before.abort();
		const n8n = new FakeN8n();
		n8n.answer = ({ done }) => done?.reject(new Error('shutting down'));
		expect(await runAndWait(n8n.context, ITEMS, 'key', new RunPatience(60_000), before.signal, () => undefined)).toEqual({ kind: 'closed' });
	});

	test('what n8n refuses meanwhile is no reason to do anything', async () => {
		const { stop, outcome } = run(({ done }) => void setTimeout(() => done?.reject(new Error('shutting down')), 10));
		stop.abort();
		await jest.advanceTimersByTimeAsync(10);
		expect(await outcome).toEqual({ kind: 'closed' });
	});
});

test('leaves nothing behind at the signal of a trigger that runs for years', async () => {
	const n8n = new FakeN8n();
	const stop = new AbortController();
	const added = jest.spyOn(stop.signal, 'addEventListener');
	const removed = jest.spyOn(stop.signal, 'removeEventListener');
	await runAndWait(n8n.context, ITEMS, 'key', new RunPatience(60_000), stop.signal, () => undefined);
	expect(added.mock.calls.length).toBeGreaterThan(0);
	expect(removed.mock.calls.map(([name, listener]) => [name, listener])).toEqual(added.mock.calls.map(([name, listener]) => [name, listener]));
});

test('an engine that lets no trigger wait is known by its words', () => {
	expect(refusedToWait('Triggers can only start runs Without Waiting for them')).toBe(true);
	expect(refusedToWait('database is locked')).toBe(false);
});
