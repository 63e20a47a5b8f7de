import type { INodeExecutionData, IRun } from 'n8n-workflow';

import { deduplicationKey, type Batch } from '../../../../nodes/shared/delivery/batch.ts';
import { deliver } from '../../../../nodes/shared/delivery/deliver.ts';
import type { StoredState } from '../../../../nodes/shared/delivery/place/state.ts';
import type { TriggerSettings } from '../../../../nodes/shared/delivery/settings.ts';
import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { operationChanged, orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import { completion, cutOff, delivering, deliveryOf, failed, failedWith, succeeded, timeAt, type Emitted } from '../../../kit/fakeN8n.mts';

beforeEach(() => void jest.useFakeTimers({ now: Date.parse(timeAt(60_000)) }));
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

const first = completion(0);
const second = completion(1);
const batchOf = (changes: Partial<Batch> = {}): Batch => ({ events: [first], attempt: 1, outages: 0, replayed: () => false, ...changes });
const keyOf = (settings: TriggerSettings, attempt: number, outages = 0) => deduplicationKey(settings, [first.id], { attempt, outages });
const refuse = (reason: string) => ({ done }: Emitted) => done?.reject(new Error(reason));

/** Delivers a batch with everything it takes; time passes only as the test says. */
function delivered(changes: Partial<TriggerSettings> = {}, batch = batchOf(), answer?: (emitted: Emitted, count: number) => void) {
	const parts = delivering(changes);
	if (answer) parts.n8n.answer = answer;
	const verdict = deliver(parts.delivery, batch);
	return { ...parts, verdict, batch };
}

test('one event starts one run with its item, and is behind us when that ended well', async () => {
	const { n8n, delivery, verdict } = delivered();
	expect(await verdict).toBe('acknowledged');
	expect(n8n.emits).toHaveLength(1);
	expect(n8n.emits[0].outputs).toEqual([
		[{ eventId: first.id, ...orderCompleted.simplify(first.row), delivery: { event: 'orderCompleted', attempt: 1, replayed: false, correction: false, lagMs: 60_000 } }],
	]);
	expect(n8n.keys).toEqual([keyOf(delivery.settings, 1)]);
	expect(delivery.place.isDelivered(first)).toBe(true);
	expect(delivery.place.unconfirmed).toBeUndefined();
	expect(n8n.logs).toEqual([]);
});

test('what is handed over is stored right before, with the key it has', async () => {
	const { n8n, verdict } = delivered({}, batchOf({ events: [first, second], attempt: 2 }));
	await verdict;
	expect(n8n.emits[0].stored).toMatchObject({ inFlight: { ids: [first.id, second.id], key: n8n.keys[0], attempt: 2 }, cursor: timeAt(0) });
});

test('a batch is one run with all its items', async () => {
	const { n8n, verdict } = delivered({ eventsPerRun: 2 }, batchOf({ events: [first, second], replayed: ({ id }) => id === first.id }));
	await verdict;
	expect(n8n.emits).toHaveLength(1);
	expect(n8n.emits[0].outputs[0]).toMatchObject([
		{ eventId: first.id, delivery: { replayed: true, lagMs: 60_000 } },
		{ eventId: second.id, delivery: { replayed: false, lagMs: 59_000 } },
	]);
});

test('a second completion of a unit is marked as correction; a second change of an operation is nothing special', async () => {
	const { delivery, n8n, verdict } = delivered();
	await verdict;
	await deliver(delivery, batchOf({ events: [completion(0, 5_000)] }));
	expect(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).correction)).toEqual([false, true]);

	const kind = operationChanged;
	const changes = delivering({ kind });
	for (const updatedAt of [timeAt(1), timeAt(2)]) await deliver(changes.delivery, batchOf({ events: [toEvent(kind, { ...kind.sample, updatedAt })] }));
	expect(changes.n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).correction)).toEqual([false, false]);
});

test('a batch from before a restart is handed over under its old key, and under a new one afterwards', async () => {
	const { n8n, delivery, verdict } = delivered({ deliverNext: 'afterSuccess' }, batchOf({ key: 'old key', attempt: 2 }), ({ done }, count) =>
		done?.resolve(count === 1 ? failed('no') : succeeded),
	);
	await jest.advanceTimersByTimeAsync(10_000);
	expect(await verdict).toBe('acknowledged');
	expect(n8n.keys).toEqual(['old key', keyOf(delivery.settings, 3)]);
});

test('a failed run is an end as good as any when the trigger moves on once it finished', async () => {
	const { n8n, verdict } = delivered({ deliverNext: 'afterFinish' }, batchOf(), ({ done }) => done?.resolve(failed('no')));
	expect(await verdict).toBe('acknowledged');
	expect([n8n.emits.length, n8n.failures.length]).toEqual([1, 0]);
});

test('an event that was started before is not started again, and the log says so', async () => {
	const { n8n, verdict, delivery } = delivered({}, batchOf(), ({ done }) => done?.resolve(undefined));
	expect(await verdict).toBe('acknowledged');
	expect(n8n.told).toEqual([`info event ${first.id} of ${first.cursor} was started before; not started again`]);
	expect([n8n.emits.length, n8n.failures.length]).toEqual([1, 0]);
	expect(delivery.place.isDelivered(first)).toBe(true);
});

test('a run of which nothing is heard is left behind, and the log says so', async () => {
	const { n8n, verdict } = delivered({ runTimeoutMs: 90_400 }, batchOf({ events: [first, second] }), () => undefined);
	await jest.advanceTimersByTimeAsync(90_400);
	expect(await verdict).toBe('acknowledged');
	expect(n8n.told).toEqual([`warn n8n did not report the end of the run for 2 events from ${first.id} of ${first.cursor} on within 2 min; continuing`]);
});

describe('an event whose worker died with its run', () => {
	/** In queue mode n8n keeps no data of such a run, so the event has to be seen elsewhere. */
	function inQueueMode(changes: Partial<TriggerSettings>, answer: (emitted: Emitted, count: number) => void) {
		const parts = delivering(changes, { queued: true, longestMs: 10 });
		parts.n8n.answer = answer;
		return { ...parts, verdict: deliver(parts.delivery, batchOf()) };
	}
	const uncertain = [{ message: expect.stringMatching(/^The run for event .* may not have finished: job stalled/), description: expect.stringContaining('MO-1') }];

	test.each(['afterFinish', 'immediately'] as const)('is kept in a failed execution, and not started again (%s)', async (deliverNext) => {
		const { n8n, verdict } = inQueueMode({ deliverNext }, ({ done }) => done?.resolve(cutOff));
		expect(await verdict).toBe('acknowledged');
		expect(n8n.failures).toEqual(uncertain);
		expect(n8n.emits).toHaveLength(1);
	});

	test('is in the further attempt where there is one', async () => {
		const { n8n, verdict } = inQueueMode({ deliverNext: 'afterSuccess' }, ({ done }, count) => done?.resolve(count === 1 ? cutOff : succeeded));
		await jest.advanceTimersByTimeAsync(5_000);
		expect(await verdict).toBe('acknowledged');
		expect([n8n.emits.length, n8n.failures.length]).toEqual([2, 0]);
	});

	test('is kept in a failed execution when that is told after the trigger moved on', async () => {
		const { n8n, verdict } = inQueueMode({ deliverNext: 'afterSuccess', runTimeoutMs: 60_000 }, ({ done }) => void setTimeout(() => done?.resolve(cutOff), 400_000));
		await jest.advanceTimersByTimeAsync(399_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.failures).toEqual([]);
		await jest.advanceTimersByTimeAsync(2_000);
		expect(n8n.failures).toEqual(uncertain);
	});
});

test('a stop while the run is under way leaves the event for the next start', async () => {
	const { verdict, closing, delivery } = delivered({}, batchOf(), () => undefined);
	await jest.advanceTimersByTimeAsync(0);
	closing.abort();
	await jest.advanceTimersByTimeAsync(2_000);
	expect(await verdict).toBe('closed');
	expect(delivery.place.isDelivered(first)).toBe(false);
	expect(delivery.place.unconfirmed).toMatchObject({ ids: [first.id], attempt: 1 });
});

test('a trigger that is stopped already starts nothing', async () => {
	const parts = delivering();
	parts.closing.abort();
	expect(await deliver(parts.delivery, batchOf())).toBe('closed');
	expect([parts.n8n.emits, parts.n8n.stored]).toEqual([[], undefined]);
});

describe('when the run has to succeed', () => {
	const deliverNext = 'afterSuccess';
	const fails = ({ done }: Emitted) => done?.resolve(failed('The ERP said no'));

	test('a failed one is tried again after 5 s, each time as a new attempt under a new key', async () => {
		const { n8n, verdict, delivery } = delivered({ deliverNext, attempts: 3 }, batchOf(), ({ done }, count) => done?.resolve(count < 3 ? failed('no') : succeeded));
		await jest.advanceTimersByTimeAsync(4_999);
		expect(n8n.emits).toHaveLength(1);
		await jest.advanceTimersByTimeAsync(1);
		expect(n8n.emits).toHaveLength(2);
		await jest.advanceTimersByTimeAsync(9_999);
		expect(n8n.emits).toHaveLength(2);
		await jest.advanceTimersByTimeAsync(1);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.keys).toEqual([1, 2, 3].map((attempt) => keyOf(delivery.settings, attempt)));
		expect(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).attempt)).toEqual([1, 2, 3]);
		expect(n8n.emits.map(({ stored }) => (stored as { inFlight: { attempt: number } }).inFlight.attempt)).toEqual([1, 2, 3]);
		expect(n8n.failures).toEqual([]);
	});

	test('the waits double up to a minute', async () => {
		const { n8n, closing, verdict } = delivered({ deliverNext, attempts: 1, afterLastAttempt: 'keepRetrying' }, batchOf(), fails);
		const startedAt: number[] = [];
		const began = Date.now();
		let seen = 0;
		for (let second = 0; second <= 320; second++) {
			await jest.advanceTimersByTimeAsync(second === 0 ? 0 : 1_000);
			while (seen < n8n.emits.length) startedAt.push(Math.round((Date.now() - began) / 1_000)) && seen++;
		}
		expect(startedAt).toEqual([0, 5, 15, 35, 75, 135, 195, 255, 315]);
		closing.abort();
		expect(await verdict).toBe('closed');
	});

	test('after the last attempt it moves on, and leaves a failed execution that holds the event', async () => {
		const { n8n, verdict, delivery } = delivered({ deliverNext, attempts: 2 }, batchOf(), fails);
		await jest.advanceTimersByTimeAsync(5_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toHaveLength(2);
		expect(n8n.failures).toEqual([
			{
				message: `Continued after 2 attempts for event ${first.id} of ${first.cursor}`,
				description: `The last run ended with: The ERP said no. The event is below; run it again by hand after you fix the workflow.\n\n${JSON.stringify([first.row], null, 2)}`,
			},
		]);
		expect(delivery.place.isDelivered(first)).toBe(true);
	});

	test('attempts before a restart count as well', async () => {
		const { n8n, verdict } = delivered({ deliverNext, attempts: 3 }, batchOf({ attempt: 2 }), fails);
		await jest.advanceTimersByTimeAsync(10_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).attempt)).toEqual([2, 3]);
		expect(n8n.failures).toMatchObject([{ message: `Continued after 3 attempts for event ${first.id} of ${first.cursor}` }]);
	});

	test('an attempt that n8n did not survive is followed by one more, also when it was the last; an event that stops n8n each time is not run again', async () => {
		const last = delivered({ deliverNext, attempts: 3 }, batchOf({ attempt: 4 }));
		expect(await last.verdict).toBe('acknowledged');
		expect([last.n8n.emits.length, last.n8n.failures]).toEqual([1, []]);

		const { n8n, verdict, delivery } = delivered({ deliverNext, attempts: 3 }, batchOf({ attempt: 5 }));
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toEqual([]);
		expect(n8n.failures).toEqual([
			{
				message: `Continued after 4 attempts for event ${first.id} of ${first.cursor}`,
				description: `The last run ended with: n8n stopped before the end of the run was stored. The event is below; run it again by hand after you fix the workflow.\n\n${JSON.stringify([first.row], null, 2)}`,
			},
		]);
		expect(delivery.place.isDelivered(first)).toBe(true);
	});

	test('an event that is to be retried for ever, or comes under its old key, is offered however often n8n stopped', async () => {
		for (const [changes, batch] of [
			[{ afterLastAttempt: 'keepRetrying' }, { attempt: 99 }],
			[{ afterRestart: 'skip' }, { attempt: 99, key: 'old key' }],
		] as const) {
			const { n8n, verdict } = delivered({ deliverNext, attempts: 3, ...changes }, batchOf(batch));
			expect(await verdict).toBe('acknowledged');
			expect([n8n.emits.length, n8n.failures]).toEqual([1, []]);
		}
	});

	test('a single attempt waits for nothing', async () => {
		const { n8n, verdict } = delivered({ deliverNext, attempts: 1 }, batchOf(), fails);
		await jest.advanceTimersByTimeAsync(0);
		expect(await verdict).toBe('acknowledged');
		expect([n8n.emits.length, n8n.failures.length]).toEqual([1, 1]);
	});

	test('it holds the stream when told to, says so each time, and goes on when the workflow is mended', async () => {
		let isMended = false;
		const { n8n, verdict } = delivered({ deliverNext, attempts: 2, afterLastAttempt: 'keepRetrying' }, batchOf(), ({ done }) => done?.resolve(isMended ? succeeded : failed('no')));
		await jest.advanceTimersByTimeAsync(5_000);
		expect(n8n.told).toEqual([`warn event ${first.id} of ${first.cursor}: keeps failing, and later events wait: no`]);
		await jest.advanceTimersByTimeAsync(10_000);
		expect(n8n.told).toHaveLength(2);
		isMended = true;
		await jest.advanceTimersByTimeAsync(20_000);
		expect(await verdict).toBe('acknowledged');
		expect([n8n.emits.length, n8n.failures.length]).toEqual([4, 0]);
	});

	test('a stop while it waits for the next attempt ends the wait at once', async () => {
		const { verdict, closing, delivery, n8n } = delivered({ deliverNext }, batchOf(), fails);
		await jest.advanceTimersByTimeAsync(1_000);
		closing.abort();
		expect(await verdict).toBe('closed');
		expect([n8n.emits.length, delivery.place.isDelivered(first), jest.getTimerCount()]).toEqual([1, false, 0]);
	});

	test('a run without word, one that was started before, and one that waits are good enough', async () => {
		const { n8n, verdict } = delivered({ deliverNext, runTimeoutMs: 60_000 }, batchOf(), () => undefined);
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toHaveLength(1);
	});
});

describe('when another system is down', () => {
	const MINUTE = 60_000;
	const changes = { deliverNext: 'afterSuccess', attempts: 2, outagePatienceMs: 240 * MINUTE } as const;
	const unavailable = (): IRun => failedWith({ message: 'Service unavailable', httpCode: '503' });

	test('the event is kept without using up an attempt, each run under a key of its own, and delivered once the system is back', async () => {
		const begin = performance.now();
		const { n8n, verdict, delivery } = delivered(changes, batchOf(), ({ done }) => done?.resolve(performance.now() - begin < 30 * MINUTE ? unavailable() : succeeded));
		let passed = 0;
		while (!delivery.place.isDelivered(first) && passed < 40) {
			await jest.advanceTimersByTimeAsync(MINUTE);
			passed++;
		}
		expect(await verdict).toBe('acknowledged');
		expect(passed).toBeLessThanOrEqual(34);
		expect(new Set(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).attempt))).toEqual(new Set([1]));
		expect(n8n.keys).toEqual(n8n.keys.map((_key, run) => keyOf(delivery.settings, 1, run)));
		expect(n8n.emits.map(({ stored }) => (stored as StoredState).inFlight?.outages ?? 0)).toEqual(n8n.keys.map((_key, run) => run));
		expect(n8n.failures).toEqual([]);
		expect(n8n.told[0]).toBe(`warn event ${first.id} of ${first.cursor}: another system is down or busy (HTTP 503), for 0 s so far; next run in 5 s`);
	});

	test('the chosen ending comes when patience is over, however many attempts are left', async () => {
		const { n8n, verdict } = delivered({ ...changes, attempts: 100, outagePatienceMs: 10 * MINUTE }, batchOf(), ({ done }) => done?.resolve(unavailable()));
		await jest.advanceTimersByTimeAsync(12 * MINUTE);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.failures).toMatchObject([
			{ message: `Continued after 1 attempt for event ${first.id} of ${first.cursor}`, description: expect.stringMatching(/^The last run ended with: Service unavailable \(for 1[01] min\)\./) as string },
		]);
	});

	test('an attempt that fails for another reason counts, and its runs for an outage are counted from the beginning', async () => {
		const ends = [unavailable(), failed('no'), unavailable(), unavailable(), failed('no')];
		const { n8n, verdict, delivery } = delivered(changes, batchOf(), ({ done }, count) => done?.resolve(ends[count - 1]));
		await jest.advanceTimersByTimeAsync(5 * MINUTE);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.keys).toEqual([[1, 0], [1, 1], [2, 0], [2, 1], [2, 2]].map(([attempt, outages]) => keyOf(delivery.settings, attempt, outages)));
		expect(n8n.failures).toMatchObject([{ message: expect.stringContaining('after 2 attempts') as string }]);
	});

	test('a trigger that does not wait for success goes on', async () => {
		const { n8n, verdict } = delivered({ deliverNext: 'afterFinish', outagePatienceMs: 240 * MINUTE }, batchOf(), ({ done }) => done?.resolve(unavailable()));
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toHaveLength(1);
	});

	test('a stop while it waits leaves the event for the next start', async () => {
		const { verdict, closing, place } = delivered(changes, batchOf(), ({ done }) => done?.resolve(unavailable()));
		await jest.advanceTimersByTimeAsync(1_000);
		closing.abort();
		expect(await verdict).toBe('closed');
		expect([place.isDelivered(first), jest.getTimerCount()]).toEqual([false, 0]);
	});
});

test('items that n8n cannot take in are told with the event, and do not hold up the events behind', async () => {
	for (const deliverNext of ['afterFinish', 'afterSuccess', 'immediately'] as const) {
		const { n8n, verdict, place } = delivered({ deliverNext }, batchOf(), () => {
			throw new RangeError('Maximum call stack size exceeded');
		});
		expect(await verdict).toBe('acknowledged');
		await jest.advanceTimersByTimeAsync(0);
		expect(n8n.emits).toHaveLength(1);
		expect(n8n.failures).toEqual([{ message: expect.stringContaining('Maximum call stack size exceeded') as string, description: expect.stringContaining('MO-1') as string }]);
		expect(place.isDelivered(first)).toBe(true);
	}
});

describe('the Failed output', () => {
	const changes = { deliverNext: 'afterSuccess', attempts: 2, afterLastAttempt: 'failedOutput' } as const;
	const failing = (last: (emitted: Emitted) => void) =>
		delivered(changes, batchOf(), (emitted, count) => (count <= 2 ? emitted.done?.resolve(failed('no')) : last(emitted)));

	test('gets the items with the reason after the last attempt, under a key of its own', async () => {
		const { n8n, verdict, delivery } = failing(({ done }) => done?.resolve(succeeded));
		await jest.advanceTimersByTimeAsync(5_000);
		expect(await verdict).toBe('acknowledged');
		const { outputs, key, stored } = n8n.emits[2];
		expect(outputs).toStrictEqual([
			[],
			[{ eventId: first.id, ...orderCompleted.simplify(first.row), delivery: { event: 'orderCompleted', attempt: 2, replayed: false, correction: false, lagMs: 65_000, reason: 'no' } }],
		]);
		expect(key).toBe(`${keyOf(delivery.settings, 2)}:failed`);
		expect(stored).toMatchObject({ inFlight: { attempt: 2 } });
		expect(n8n.failures).toEqual([]);
		expect(delivery.place.isDelivered(first)).toBe(true);
	});

	test('is stored anew before it is used, since n8n may have forgotten an earlier save', async () => {
		const { n8n } = failing(({ done }) => done?.resolve(succeeded));
		await jest.advanceTimersByTimeAsync(4_999);
		expect(n8n.emits).toHaveLength(1);
		const before = n8n.emits[0].stored;
		await jest.advanceTimersByTimeAsync(1);
		expect(n8n.emits[1].stored).not.toBe(before);
		expect(n8n.emits[2].stored).not.toBe(n8n.emits[1].stored);
	});

	test.each([
		['fails as well', ({ done }: Emitted) => done?.resolve(failed('again no'))],
		['is refused', refuse('database is locked')],
		['cannot be started', () => {
			throw new Error('cannot serialize');
		}],
	])('leaves a failed execution when its run %s', async (_name, last) => {
		const { n8n, verdict } = failing(last);
		await jest.advanceTimersByTimeAsync(5_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.failures).toMatchObject([{ message: `Continued after 2 attempts for event ${first.id} of ${first.cursor}` }]);
		expect(n8n.failures[0].description).toContain('The last run ended with: no.');
	});

	test.each([
		['was started before', ({ done }: Emitted) => done?.resolve(undefined)],
		['gives no word', ({ done }: Emitted) => void setTimeout(() => done?.resolve(succeeded), 9_000_000)],
	])('is enough when its run %s', async (_name, last) => {
		const { n8n, verdict } = failing(last);
		await jest.advanceTimersByTimeAsync(5_000 + 3_600_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.failures).toEqual([]);
	});

	test('leaves the event for the next start when the trigger is stopped meanwhile', async () => {
		const { n8n, verdict, closing, delivery } = failing(() => undefined);
		await jest.advanceTimersByTimeAsync(5_000);
		closing.abort();
		await jest.advanceTimersByTimeAsync(2_000);
		expect(await verdict).toBe('closed');
		expect([delivery.place.isDelivered(first), n8n.failures]).toEqual([false, []]);
	});
});

describe('when n8n does not start a run', () => {
	test('the event is kept and offered again each minute under the same key, and is told once', async () => {
		const { n8n, verdict } = delivered({}, batchOf(), ({ done }, count) => (count < 3 ? done?.reject(new Error('database is locked')) : done?.resolve(succeeded)));
		await jest.advanceTimersByTimeAsync(59_999);
		expect(n8n.emits).toHaveLength(1);
		await jest.advanceTimersByTimeAsync(1);
		expect(n8n.emits).toHaveLength(2);
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await verdict).toBe('acknowledged');
		expect(new Set(n8n.keys).size).toBe(1);
		const refusal = `n8n did not start a run for event ${first.id} of ${first.cursor}: database is locked`;
		expect(n8n.failures).toEqual([{ message: refusal, description: 'The event is kept and tried again every minute.' }]);
		expect(n8n.told.filter((line) => line.includes(refusal))).toHaveLength(2);
	});

	test('an engine that lets no trigger wait is told with what to choose instead', async () => {
		const { n8n, closing, verdict } = delivered({}, batchOf(), refuse('Triggers can only start runs without waiting for them'));
		await jest.advanceTimersByTimeAsync(0);
		expect(n8n.failures[0].description).toBe(
			"A trigger cannot wait for a run on the engine of this workflow. Set 'Deliver Next Event' to 'Immediately', or choose the other engine in the workflow settings.",
		);
		closing.abort();
		expect(await verdict).toBe('closed');
		expect(n8n.emits).toHaveLength(1);
	});

	test('a run that n8n had noted all the same is told as uncertain, and not started again', async () => {
		const { n8n, verdict, delivery } = delivered({ afterRestart: 'skip' }, batchOf(), ({ done }, count) =>
			count === 1 ? done?.reject(new Error('database is locked')) : done?.resolve(undefined),
		);
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toHaveLength(2);
		expect(n8n.failures[1]).toEqual({
			message: `The run for event ${first.id} of ${first.cursor} may not have finished: database is locked`,
			description: `It is not started again, to avoid duplicates. Look for its run in the list of executions. If it is not there, run it by hand with the event below.\n\n${JSON.stringify([first.row], null, 2)}`,
		});
		expect(delivery.place.isDelivered(first)).toBe(true);
	});

	test('it is started as another attempt when told to run again after an unclean stop', async () => {
		const { n8n, verdict, delivery } = delivered({ afterRestart: 'again' }, batchOf(), ({ done }, count) =>
			count === 1 ? done?.reject(new Error('database is locked')) : done?.resolve(count === 2 ? undefined : succeeded),
		);
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.keys).toEqual([1, 1, 2].map((attempt) => keyOf(delivery.settings, attempt)));
		expect(n8n.failures).toHaveLength(1);
	});

	test('a second time under a known key is then simply started before', async () => {
		const { n8n, verdict } = delivered({ afterRestart: 'again' }, batchOf(), ({ done }, count) =>
			count === 1 ? done?.reject(new Error('database is locked')) : done?.resolve(undefined),
		);
		await jest.advanceTimersByTimeAsync(60_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toHaveLength(3);
	});
});

describe('as soon as it starts', () => {
	const deliverNext = 'immediately';

	test('the event is behind us once it is handed over, whatever becomes of the run', async () => {
		const { n8n, verdict, delivery } = delivered({ deliverNext }, batchOf({ key: 'old key' }), () => undefined);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits).toMatchObject([{ key: 'old key', stored: { inFlight: { ids: [first.id], key: 'old key' } } }]);
		expect(n8n.emits[0].outputs).toMatchObject([[{ eventId: first.id }]]);
		expect(delivery.place.isDelivered(first)).toBe(true);
		expect(n8n.logs).toEqual([]);
	});

	test('the fifty-first run waits for one to end, and is not started when the trigger stops instead', async () => {
		const { n8n, verdict, delivery, closing } = delivered({ deliverNext }, batchOf(), () => undefined);
		await verdict;
		for (let unit = 1; unit < 50; unit++) await deliver(delivery, batchOf({ events: [completion(unit)] }));
		const waiting = deliver(delivery, batchOf({ events: [completion(50)] }));
		await jest.advanceTimersByTimeAsync(1_000);
		expect(n8n.emits).toHaveLength(50);
		n8n.emits[3].done?.resolve(succeeded);
		expect(await waiting).toBe('acknowledged');
		expect(n8n.emits).toHaveLength(51);
		const stopped = deliver(delivery, batchOf({ events: [completion(51)] }));
		await jest.advanceTimersByTimeAsync(1_000);
		closing.abort();
		expect(await stopped).toBe('closed');
		expect(n8n.emits).toHaveLength(51);
		expect(delivery.place.isDelivered(completion(51))).toBe(false);
	});

	test('a run that n8n did not carry out is told as uncertain with its event', async () => {
		const { n8n, verdict } = delivered({ deliverNext }, batchOf(), refuse('database is locked'));
		await verdict;
		await jest.advanceTimersByTimeAsync(0);
		expect(n8n.failures).toMatchObject([{ message: `The run for event ${first.id} of ${first.cursor} may not have finished: database is locked` }]);
	});
});

describe('Attach Structure', () => {
	const kind = operationChanged;
	const event = toEvent(kind, { ...kind.sample, updatedAt: timeAt(1) });
	const answer = { operations: [{ ...kind.sample }], subOperations: [] };

	/** Delivers one change with its structure; Pico answers as given. */
	function attached(executeAdapted: () => Promise<unknown>, changes: Partial<TriggerSettings> = {}, answer?: (emitted: Emitted, count: number) => void) {
		const parts = delivering({ kind, attachStructure: true, ...changes });
		if (answer) parts.n8n.answer = answer;
		parts.client.executeAdapted.mockImplementation(executeAdapted);
		return { ...parts, verdict: deliver(parts.delivery, batchOf({ events: [event] })) };
	}

	test('is asked for once, and added to the item of every attempt', async () => {
		const { n8n, verdict, client } = attached(async () => ({ data: answer, errors: [] }), { deliverNext: 'afterSuccess' }, ({ done }, count) =>
			done?.resolve(count === 1 ? failed('no') : succeeded),
		);
		await jest.advanceTimersByTimeAsync(5_000);
		expect(await verdict).toBe('acknowledged');
		expect(client.executeAdapted).toHaveBeenCalledTimes(1);
		for (const { outputs } of n8n.emits) expect(outputs[0][0]).toMatchObject({ eventId: event.id, structure: { operationId: 'sample-operation', steps: [], warnings: [] } });
		expect(n8n.emits).toHaveLength(2);
	});

	test('is not asked for when nobody wants it', async () => {
		const { n8n, verdict, client } = attached(async () => ({ data: answer, errors: [] }), { attachStructure: false });
		await verdict;
		expect(client.executeAdapted).not.toHaveBeenCalled();
		expect(n8n.emits[0].outputs[0][0]).not.toHaveProperty('structure');
	});

	test('a credential that cannot be read costs the structure, not the event', async () => {
		const { n8n, verdict } = attached(async () => await Promise.reject(new Error('Credential with ID "7" does not exist')));
		await jest.advanceTimersByTimeAsync(10_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits[0].outputs[0][0]).toMatchObject({ eventId: event.id, structure: null, structureMissing: 'Credential with ID "7" does not exist' });
	});

	test('an answer that our own code cannot work on costs the structure, not the event', async () => {
		const broken = { operations: [{ ...kind.sample, get externalId(): string { throw new Error('odd'); } }], subOperations: [] };
		const { n8n, verdict } = attached(async () => ({ data: broken, errors: [] }));
		await jest.advanceTimersByTimeAsync(10_000);
		expect(await verdict).toBe('acknowledged');
		expect(n8n.emits[0].outputs[0][0]).toMatchObject({ eventId: event.id, structure: null });
	});

	test('a stop while it is asked for starts nothing', async () => {
		const { verdict, closing, n8n } = attached(() => new Promise((resolve) => setTimeout(() => resolve({ data: answer, errors: [] }), 1_000)));
		await jest.advanceTimersByTimeAsync(500);
		closing.abort();
		await jest.advanceTimersByTimeAsync(500);
		expect(await verdict).toBe('closed');
		expect(n8n.emits).toEqual([]);
	});
});

test('each consumed serial is an item of its own where that is chosen', async () => {
	const { n8n, verdict } = delivered({ perSerial: true });
	await verdict;
	expect((n8n.emits[0].outputs[0] as Array<INodeExecutionData['json']>).map(({ consumedSerial, line }) => [consumedSerial, (line as { number: number }).number])).toEqual([
		['MOT-0042', 1],
		['LOT-7', 2],
	]);
});
