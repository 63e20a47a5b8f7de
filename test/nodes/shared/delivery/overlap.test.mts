import { MOST_AT_ONCE, Overlap } from '../../../../nodes/shared/delivery/overlap.ts';
import { RunPatience } from '../../../../nodes/shared/delivery/patience.ts';
import { cutOff, failed, FakeN8n, succeeded, type Emitted } from '../../../kit/fakeN8n.mts';

const ITEMS = [[{ json: { a: 1 } }]];

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Starts so many runs; what becomes of each is up to the test. */
function started(runs: number, answer: (emitted: Emitted) => void = () => undefined, queued = false) {
	const n8n = new FakeN8n();
	n8n.answer = answer;
	const stop = new AbortController();
	const patience = new RunPatience(60_000, { queued, longestMs: 0 });
	const overlap = new Overlap(stop.signal, patience);
	const reasons: string[] = [];
	const start = (key: string) => overlap.start(n8n.context, ITEMS, key, (reason) => reasons.push(reason));
	for (let run = 0; run < runs; run++) start(`key ${run}`);
	return { n8n, stop, overlap, reasons, start, patience };
}

/** Whether a promise has come, after all that needs no time. */
async function hasCome(promise: Promise<unknown>): Promise<boolean> {
	let come = false;
	void promise.then(() => (come = true));
	await jest.advanceTimersByTimeAsync(0);
	return come;
}

test('hands items and key over at once', () => {
	const { n8n } = started(1);
	expect(n8n.emits).toMatchObject([{ outputs: [[{ a: 1 }]], key: 'key 0', done: {} }]);
});

test('has room for fifty runs side by side, and for one more each time one ends', async () => {
	expect(MOST_AT_ONCE).toBe(50);
	const { n8n, overlap, start } = started(49);
	expect(await hasCome(overlap.room())).toBe(true);
	start('key 49');
	const room = overlap.room();
	expect(await hasCome(room)).toBe(false);
	n8n.emits[7].done?.resolve(succeeded);
	expect(await hasCome(room)).toBe(true);
	start('key 50');
	const next = overlap.room();
	expect(await hasCome(next)).toBe(false);
	n8n.emits[50].done?.reject(new Error('no'));
	expect(await hasCome(next)).toBe(true);
});

test('counts a run of which nothing is heard as ended once patience runs out', async () => {
	const { overlap } = started(50);
	const room = overlap.room();
	await jest.advanceTimersByTimeAsync(59_999);
	expect(await hasCome(room)).toBe(false);
	await jest.advanceTimersByTimeAsync(1);
	expect(await hasCome(room)).toBe(true);
});

test('waits for room as long as it takes', async () => {
	const n8n = new FakeN8n();
	n8n.answer = () => undefined;
	const overlap = new Overlap(new AbortController().signal, new RunPatience(9_000_000, { queued: false, longestMs: 0 }));
	for (let run = 0; run < 50; run++) overlap.start(n8n.context, ITEMS, `key ${run}`, () => undefined);
	const room = overlap.room();
	await jest.advanceTimersByTimeAsync(8_999_000);
	expect(await hasCome(room)).toBe(false);
	await jest.advanceTimersByTimeAsync(1_000);
	expect(await hasCome(room)).toBe(true);
});

test('stops waiting for room when the trigger is stopped, and leaves no timer', async () => {
	const { overlap, stop } = started(50);
	const room = overlap.room();
	expect(await hasCome(room)).toBe(false);
	stop.abort();
	expect(await hasCome(room)).toBe(true);
	expect(await hasCome(overlap.room())).toBe(true);
	expect(jest.getTimerCount()).toBe(0);
});

test('leaves no timer behind when a run ends', async () => {
	const { n8n } = started(1);
	expect(jest.getTimerCount()).toBe(1);
	n8n.emits[0].done?.resolve(succeeded);
	await jest.advanceTimersByTimeAsync(0);
	expect(jest.getTimerCount()).toBe(0);
});

test('learns how long runs take, but not from a key that was started before', async () => {
	const { n8n, patience } = started(2);
	await jest.advanceTimersByTimeAsync(700);
	n8n.emits[0].done?.resolve(undefined);
	await jest.advanceTimersByTimeAsync(0);
	expect(patience.history).toEqual({ queued: false, longestMs: 0 });
	n8n.emits[1].done?.resolve(succeeded);
	await jest.advanceTimersByTimeAsync(0);
	expect(patience.history).toEqual({ queued: false, longestMs: 700 });
});

describe('a run whose worker died', () => {
	test('is told with its reason', async () => {
		const { reasons } = started(2, ({ done, key }) => done?.resolve(key === 'key 0' ? cutOff : ({ ...failed('Bad request'), jobId: '7' } as typeof cutOff)), true);
		await jest.advanceTimersByTimeAsync(0);
		expect(reasons).toEqual(['job stalled more than maxStalledCount']);
	});

	test('is no news once the trigger is stopped', async () => {
		const { reasons, stop, n8n } = started(1, undefined, true);
		stop.abort();
		n8n.emits[0].done?.resolve(cutOff);
		await jest.advanceTimersByTimeAsync(0);
		expect(reasons).toEqual([]);
	});
});

describe('what n8n refuses', () => {
	test('is told with its reason', async () => {
		const { reasons, n8n } = started(2, ({ done, key }) => done?.reject(key === 'key 0' ? new Error('database is locked') : 'no'));
		await jest.advanceTimersByTimeAsync(0);
		expect(reasons).toEqual(['database is locked', 'no']);
		expect(n8n.emits).toHaveLength(2);
	});

	test('is no news when a person stopped the run', async () => {
		const { reasons } = started(1, ({ done }) => done?.reject(Object.assign(new Error('x'), { name: 'ManualExecutionCancelledError' })));
		await jest.advanceTimersByTimeAsync(0);
		expect(reasons).toEqual([]);
	});

	test('is no news once the trigger is stopped', async () => {
		const { reasons, stop, n8n } = started(1);
		stop.abort();
		n8n.emits[0].done?.reject(new Error('Triggers can only start runs without waiting for them'));
		await jest.advanceTimersByTimeAsync(0);
		expect([reasons, n8n.emits.length]).toEqual([[], 1]);
	});

	test('is started again, without waiting, on an engine that lets nobody wait; so are all later ones', async () => {
		const { reasons, n8n, start, overlap } = started(1, ({ done }) => done?.reject(new Error('Triggers can only start runs without waiting for them')));
		await jest.advanceTimersByTimeAsync(0);
		for (let run = 0; run < 60; run++) start('later');
		expect(n8n.emits.slice(0, 3).map(({ key, done }) => [key, done !== undefined])).toEqual([
			['key 0', true],
			['key 0', false],
			['later', false],
		]);
		expect(n8n.emits[1].outputs).toEqual([[{ a: 1 }]]);
		expect(n8n.emits).toHaveLength(62);
		expect(reasons).toEqual([]);
		expect(await hasCome(overlap.room())).toBe(true);
	});
});

describe('after a stop', () => {
	test('waits until n8n has taken up what was started last, two seconds after that', async () => {
		const { overlap, start, stop } = started(1);
		await jest.advanceTimersByTimeAsync(1_500);
		start('last');
		stop.abort();
		const taken = overlap.takenUp();
		await jest.advanceTimersByTimeAsync(1_990);
		expect(await hasCome(taken)).toBe(false);
		await jest.advanceTimersByTimeAsync(10);
		expect(await hasCome(taken)).toBe(true);
	});

	test('waits no longer than the runs last', async () => {
		const { overlap, n8n } = started(2);
		n8n.emits[0].done?.resolve(succeeded);
		const taken = overlap.takenUp();
		expect(await hasCome(taken)).toBe(false);
		n8n.emits[1].done?.reject(new Error('x'));
		await jest.advanceTimersByTimeAsync(20);
		expect(await hasCome(taken)).toBe(true);
	});

	test('waits for nothing when nothing was started, or all has ended', async () => {
		expect(await hasCome(started(0).overlap.takenUp())).toBe(true);
		const { overlap } = started(3, ({ done }) => done?.resolve(succeeded));
		await jest.advanceTimersByTimeAsync(0);
		expect(await hasCome(overlap.takenUp())).toBe(true);
	});
});
