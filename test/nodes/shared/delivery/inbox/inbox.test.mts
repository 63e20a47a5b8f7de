import type { IRun } from 'n8n-workflow';

import type { StreamFrame } from '../../../../../nodes/shared/api/stream/types.ts';
import { Inbox } from '../../../../../nodes/shared/delivery/inbox/inbox.ts';
import type { InFlight } from '../../../../../nodes/shared/delivery/place/place.ts';
import type { TriggerSettings } from '../../../../../nodes/shared/delivery/settings.ts';
import { toEvent } from '../../../../../nodes/shared/events/event.ts';
import { orderCompleted } from '../../../../../nodes/shared/events/kinds/index.ts';
import type { Row } from '../../../../../nodes/shared/events/types.ts';
import { completion, completionRow, delivering, deliveryOf, succeeded, timeAt } from '../../../../kit/fakeN8n.mts';

beforeEach(() => void jest.useFakeTimers({ now: Date.parse(timeAt(60_000)) }));
afterEach(() => void jest.useRealTimers());

const frameOf = (rows: unknown, errors: string[] = []): StreamFrame => ({
	kind: 'result',
	data: { operationOrderCompletesStream: rows },
	errors: errors.map((message) => ({ message })),
});
const [a, b, c, d] = [0, 1, 2, 3].map((unit) => completionRow(unit));
const idOf = (row: Row) => toEvent(orderCompleted, row).id;

function taking(changes: Partial<TriggerSettings> = {}, inFlight?: InFlight) {
	const { n8n, closing, place, delivery } = delivering(changes);
	if (inFlight) place.noteInFlight(inFlight);
	const inbox = new Inbox({ ...delivery, history: { queued: false, longestMs: 0 }, leastQueuedMs: 60_000 }, closing.signal);
	const units = () => n8n.emits.map(({ outputs }) => outputs[0].map(({ orderIndex }) => orderIndex));
	return { n8n, closing, place, inbox, units };
}

test('each event of a frame starts a run, in their order, and the next frame waits for the last of them', async () => {
	const { n8n, inbox, units, place } = taking();
	n8n.answer = ({ done }) => void setTimeout(() => done?.resolve(succeeded), 1_000);
	let isTaken = false;
	void inbox.take(frameOf([a, b])).then(() => (isTaken = true));
	await jest.advanceTimersByTimeAsync(1_999);
	expect([units(), isTaken]).toEqual([[[0], [1]], false]);
	await jest.advanceTimersByTimeAsync(1);
	expect([isTaken, place.cursor]).toEqual([true, timeAt(1_000)]);
});

test('one object counts as a list of one, and nothing as none', async () => {
	const { inbox, units } = taking();
	await inbox.take(frameOf(a));
	await inbox.take(frameOf(null));
	await inbox.take({ kind: 'result', data: {}, errors: [] });
	expect(units()).toEqual([[0]]);
});

test('what was delivered before is dropped, in the same frame and in later ones', async () => {
	const { inbox, units } = taking();
	await inbox.take(frameOf([a, b, a]));
	await inbox.take(frameOf([a, c, b]));
	expect(units()).toEqual([[0], [1], [2]]);
});

test('a repeat inside a frame is dropped also before the first was delivered', async () => {
	const { inbox, units } = taking({ eventsPerRun: 5 });
	await inbox.take(frameOf([a, a, b]));
	await inbox.flush();
	expect(units()).toEqual([[0, 1]]);
});

test('events of several frames start a run together, as many as wanted, and the rest when told', async () => {
	const { inbox, units } = taking({ eventsPerRun: 3 });
	await inbox.take(frameOf([a]));
	await inbox.take(frameOf([b, a]));
	expect([units(), inbox.holds]).toEqual([[], true]);
	await inbox.take(frameOf([c, d]));
	expect(units()).toEqual([[0, 1, 2]]);
	await inbox.flush();
	expect([units(), inbox.holds]).toEqual([[[0, 1, 2], [3]].flat(0), false]);
	await inbox.flush();
	expect(units()).toHaveLength(2);
});

test('as many events as chosen start one run', async () => {
	const { inbox, units } = taking({ eventsPerRun: 2 });
	await inbox.take(frameOf([a, b, c]));
	expect(units()).toEqual([[0, 1]]);
	await inbox.flush();
	expect(units()).toEqual([[0, 1], [2]]);
});

test('an event that nobody wants only moves the place, after those before it', async () => {
	const { inbox, units, place, n8n } = taking({ eventsPerRun: 5, orderFilter: 'MO-1' });
	const other = completionRow(9, 1_500, { externalOrderId: 'SO-7' });
	await inbox.take(frameOf([a, other, b]));
	expect(units()).toEqual([[0]]);
	await inbox.flush();
	expect(units()).toEqual([[0], [1]]);
	expect(place.isDelivered(toEvent(orderCompleted, other))).toBe(true);
	expect(n8n.emits[1].stored).toMatchObject({ cursor: timeAt(1_500) });
	await inbox.take(frameOf([completionRow(8, 9_000, { externalOrderId: 'SO-7' })]));
	expect(n8n.emits).toHaveLength(2);
	expect(place.cursor).toBe(timeAt(9_000));
});

test('what is older than the connection, by the clock of the server, was read back', async () => {
	const { inbox, n8n } = taking();
	inbox.openedAt = Date.parse(timeAt(1_000));
	await inbox.take(frameOf([a, b, c, { ...d, at: null }]));
	expect(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).replayed)).toEqual([true, false, false, false]);
});

test('a new inbox takes the time of its making for the time of opening', async () => {
	const { inbox, n8n } = taking();
	await inbox.take(frameOf([completionRow(0, 59_999), completionRow(1, 60_000)]));
	expect(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).replayed)).toEqual([true, false]);
});

test('errors beside data are told once each, up to a hundred, and the data is used', async () => {
	const { inbox, n8n, units } = taking();
	await inbox.take(frameOf([a], ['slow', 'partial', 'slow']));
	await inbox.take(frameOf([b], ['partial']));
	expect(n8n.told).toEqual(['warn Pico sent errors along with its data: slow', 'warn Pico sent errors along with its data: partial']);
	expect(units()).toEqual([[0], [1]]);
	for (let number = 0; number < 300; number++) await inbox.take(frameOf([], [`error ${number}`]));
	expect(n8n.told).toHaveLength(100);
});

describe('a batch that was under way at the last stop', () => {
	const inFlight = { ids: [idOf(a), idOf(b)], key: 'old key', attempt: 1 };

	test('comes first, as one run under its old key, once it is complete', async () => {
		const { inbox, n8n, units } = taking({}, inFlight);
		await inbox.take(frameOf([c, b]));
		expect(units()).toEqual([]);
		await inbox.take(frameOf([d, a]));
		expect(units()).toEqual([[0, 1], [2], [3]]);
		expect(n8n.keys[0]).toBe('old key');
		await inbox.take(frameOf([completionRow(4)]));
		expect(units()).toHaveLength(4);
	});

	test('comes as far as it is there once all that is stored was sent', async () => {
		const { inbox, n8n, units } = taking({}, inFlight);
		await inbox.take(frameOf([c, b]));
		await inbox.endReoffer();
		expect(units()).toEqual([[1], [2]]);
		expect(n8n.keys[0]).toBe('old key');
		await inbox.endReoffer();
		expect(units()).toHaveLength(2);
	});

	test.each(['afterFinish', 'immediately'] as const)('is not run a second time where Pico pauses in the middle of it, or before it (%s)', async (deliverNext) => {
		const { inbox, n8n, units, place } = taking({ deliverNext, eventsPerRun: 3 }, inFlight);
		n8n.answer = ({ done, key }) => done?.resolve(key === 'old key' ? (undefined as unknown as IRun) : succeeded);
		await inbox.endReoffer();
		await inbox.take(frameOf([a]));
		await inbox.endReoffer();
		await jest.advanceTimersByTimeAsync(0);
		await inbox.take(frameOf([b, c]));
		await inbox.flush();
		expect(units()).toEqual([[0], [2]]);
		expect(n8n.keys[0]).toBe('old key');
		expect(place.isDelivered({ id: idOf(b), cursor: '' })).toBe(true);
	});

	test('loses nothing where it was never started and Pico pauses in the middle of it', async () => {
		const { inbox, units } = taking({ eventsPerRun: 3 }, inFlight);
		await inbox.take(frameOf([a]));
		await inbox.endReoffer();
		await inbox.take(frameOf([b, c]));
		await inbox.flush();
		expect(units()).toEqual([[0], [1, 2]]);
	});

	test('that does not come any more keeps nothing waiting', async () => {
		const { inbox, units } = taking({}, inFlight);
		await inbox.take(frameOf([c]));
		await inbox.endReoffer();
		await inbox.take(frameOf([d]));
		expect(units()).toEqual([[2], [3]]);
	});

	test('is marked as read back, and as another attempt where it shall run again', async () => {
		const { inbox, n8n } = taking({ afterRestart: 'again' }, inFlight);
		await inbox.take(frameOf([a, b]));
		expect(n8n.emits[0].outputs[0]).toMatchObject([
			{ delivery: { attempt: 2, replayed: true } },
			{ delivery: { attempt: 2, replayed: true } },
		]);
		expect(n8n.keys[0]).not.toBe('old key');
	});

	test('holds up what waits behind it when the trigger is stopped meanwhile', async () => {
		const { inbox, n8n, closing, units, place } = taking({ orderFilter: 'MO-1' }, inFlight);
		n8n.answer = () => undefined;
		const taken = inbox.take(frameOf([completionRow(5, 9_000, { externalOrderId: 'SO-7' }), a, b, c]));
		await jest.advanceTimersByTimeAsync(0);
		closing.abort();
		n8n.answer = ({ done }) => done?.resolve(succeeded);
		await jest.advanceTimersByTimeAsync(2_000);
		await taken;
		expect([units(), place.cursor]).toEqual([[[0, 1]], timeAt(0)]);
	});
});

describe('a stop', () => {
	test('starts no further run, and passes over nothing', async () => {
		const { inbox, n8n, closing, units, place } = taking({ orderFilter: 'MO-1' });
		n8n.answer = () => undefined;
		const taken = inbox.take(frameOf([a, b, completionRow(5, 9_000, { externalOrderId: 'SO-7' })]));
		await jest.advanceTimersByTimeAsync(0);
		closing.abort();
		await jest.advanceTimersByTimeAsync(2_000);
		await taken;
		expect([units(), place.cursor]).toEqual([[[0]], timeAt(0)]);
	});

	test('before an event that nobody wants leaves that one as well, when a batch before it was not delivered', async () => {
		const { inbox, n8n, closing, units, place } = taking({ eventsPerRun: 5, orderFilter: 'MO-1' });
		n8n.answer = () => undefined;
		const taken = inbox.take(frameOf([a, completionRow(5, 9_000, { externalOrderId: 'SO-7' }), b]));
		await jest.advanceTimersByTimeAsync(0);
		closing.abort();
		await jest.advanceTimersByTimeAsync(2_000);
		await taken;
		expect([units(), place.cursor]).toEqual([[[0]], timeAt(0)]);
	});

	test('before a frame starts nothing of it, and passes over nothing', async () => {
		const { inbox, closing, units, place } = taking({ orderFilter: 'MO-1' });
		closing.abort();
		await inbox.take(frameOf([a, completionRow(5, 9_000, { externalOrderId: 'SO-7' })]));
		expect([units(), place.cursor]).toEqual([[], timeAt(0)]);
	});

	test('waits for runs that n8n has not yet taken up', async () => {
		const { inbox, n8n, closing } = taking({ deliverNext: 'immediately' });
		n8n.answer = () => undefined;
		await inbox.take(frameOf([completion(0).row]));
		closing.abort();
		let isTaken = false;
		void inbox.takenUp().then(() => (isTaken = true));
		await jest.advanceTimersByTimeAsync(1_900);
		expect(isTaken).toBe(false);
		await jest.advanceTimersByTimeAsync(200);
		expect(isTaken).toBe(true);
	});
});
