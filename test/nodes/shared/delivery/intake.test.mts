import type { StreamFrame } from '../../../../nodes/shared/api/stream/types.ts';
import { Intake } from '../../../../nodes/shared/delivery/intake.ts';
import { Position } from '../../../../nodes/shared/delivery/position.ts';
import type { TriggerSettings } from '../../../../nodes/shared/delivery/settings.ts';
import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { orderCompleted } from '../../../../nodes/shared/events/kinds/index.ts';
import type { Row } from '../../../../nodes/shared/events/types.ts';
import { completion, completionRow, delivering, succeeded, timeAt } from '../../../kit/fakeN8n.mts';

beforeEach(() => void jest.useFakeTimers({ now: Date.parse(timeAt(60_000)) }));
afterEach(() => void jest.useRealTimers());

const frameOf = (rows: unknown, errors: string[] = []): StreamFrame => ({
	kind: 'result',
	data: { operationOrderCompletesStream: rows },
	errors: errors.map((message) => ({ message })),
});
const [a, b, c, d] = [0, 1, 2, 3].map((unit) => completionRow(unit));
const idOf = (row: Row) => toEvent(orderCompleted, row).id;

function taking(changes: Partial<TriggerSettings> = {}, inFlight?: Parameters<Position['handOver']>[0]) {
	const { n8n, closing, delivery } = delivering(changes);
	if (inFlight) delivery.position.handOver(inFlight);
	const intake = new Intake(delivery, closing.signal);
	const units = () => n8n.emits.map(({ outputs }) => outputs[0].map(({ orderIndex }) => orderIndex));
	return { n8n, closing, position: delivery.position, intake, units };
}

test('each event of a frame starts a run, in their order, and the next frame waits for the last of them', async () => {
	const { n8n, intake, units, position } = taking();
	n8n.answer = ({ done }) => void setTimeout(() => done?.resolve(succeeded), 1_000);
	let isTaken = false;
	void intake.take(frameOf([a, b])).then(() => (isTaken = true));
	await jest.advanceTimersByTimeAsync(1_999);
	expect([units(), isTaken]).toEqual([[[0], [1]], false]);
	await jest.advanceTimersByTimeAsync(1);
	expect([isTaken, position.acknowledged]).toEqual([true, timeAt(1_000)]);
});

test('one object counts as a list of one, and nothing as none', async () => {
	const { intake, units } = taking();
	await intake.take(frameOf(a));
	await intake.take(frameOf(null));
	await intake.take({ kind: 'result', data: {}, errors: [] });
	expect(units()).toEqual([[0]]);
});

test('what was delivered before is dropped, in the same frame and in later ones', async () => {
	const { intake, units } = taking();
	await intake.take(frameOf([a, b, a]));
	await intake.take(frameOf([a, c, b]));
	expect(units()).toEqual([[0], [1], [2]]);
});

test('a repeat inside a frame is dropped also before the first was delivered', async () => {
	const { intake, units } = taking({ eventsPerRun: 5 });
	await intake.take(frameOf([a, a, b]));
	await intake.flush();
	expect(units()).toEqual([[0, 1]]);
});

test('events of several frames start a run together, as many as wanted, and the rest when told', async () => {
	const { intake, units } = taking({ eventsPerRun: 3 });
	await intake.take(frameOf([a]));
	await intake.take(frameOf([b, a]));
	expect([units(), intake.holds]).toEqual([[], true]);
	await intake.take(frameOf([c, d]));
	expect(units()).toEqual([[0, 1, 2]]);
	await intake.flush();
	expect([units(), intake.holds]).toEqual([[[0, 1, 2], [3]].flat(0), false]);
	await intake.flush();
	expect(units()).toHaveLength(2);
});

test('as many events as chosen start one run', async () => {
	const { intake, units } = taking({ eventsPerRun: 2 });
	await intake.take(frameOf([a, b, c]));
	expect(units()).toEqual([[0, 1]]);
	await intake.flush();
	expect(units()).toEqual([[0, 1], [2]]);
});

test('an event that nobody wants only moves the position, after those before it', async () => {
	const { intake, units, position, n8n } = taking({ eventsPerRun: 5, orderFilter: 'MO-1' });
	const other = completionRow(9, 1_500, { externalOrderId: 'SO-7' });
	await intake.take(frameOf([a, other, b]));
	expect(units()).toEqual([[0]]);
	await intake.flush();
	expect(units()).toEqual([[0], [1]]);
	expect(position.isDelivered(toEvent(orderCompleted, other))).toBe(true);
	expect(n8n.emits[1].stored).toMatchObject({ cursor: timeAt(1_500) });
	await intake.take(frameOf([completionRow(8, 9_000, { externalOrderId: 'SO-7' })]));
	expect(n8n.emits).toHaveLength(2);
	expect(position.acknowledged).toBe(timeAt(9_000));
});

test('what is older than the connection, by the clock of the server, was read back', async () => {
	const { intake, n8n } = taking();
	intake.openedAt = Date.parse(timeAt(1_000));
	await intake.take(frameOf([a, b, c, { ...d, at: null }]));
	expect(n8n.emits.map(({ outputs }) => outputs[0][0].replayed)).toEqual([true, false, false, false]);
});

test('a new intake takes the time of its making for the time of opening', async () => {
	const { intake, n8n } = taking();
	await intake.take(frameOf([completionRow(0, 59_999), completionRow(1, 60_000)]));
	expect(n8n.emits.map(({ outputs }) => outputs[0][0].replayed)).toEqual([true, false]);
});

test('errors beside data are told, and the data is used', async () => {
	const { intake, n8n, units } = taking();
	await intake.take(frameOf([a], ['slow', 'partial']));
	expect(n8n.told).toEqual(['warn Pico reports: slow; partial']);
	expect(units()).toEqual([[0]]);
	await intake.take(frameOf([b]));
	expect(n8n.told).toHaveLength(1);
});

describe('what cannot be read', () => {
	test('is told once with its text, and left behind', async () => {
		const { intake, n8n } = taking();
		const frame: StreamFrame = { kind: 'unreadable', text: '{"broken', reason: 'Unexpected end' };
		await intake.take(frame);
		await intake.take(frame);
		await intake.take({ ...frame, text: '{"other' });
		expect(n8n.failures).toEqual([
			{ message: 'A message of Pico could not be read (Unexpected end)', description: 'The stream goes on with the next event. What came:\n\n"{\\"broken"' },
			{ message: 'A message of Pico could not be read (Unexpected end)', description: 'The stream goes on with the next event. What came:\n\n"{\\"other"' },
		]);
		expect(n8n.emits).toEqual([]);
	});

	test('is kept up to ten thousand characters', async () => {
		const { intake, n8n } = taking();
		await intake.take({ kind: 'unreadable', text: 'x'.repeat(10_001), reason: 'long' });
		expect(n8n.failures[0].description).toHaveLength('The stream goes on with the next event. What came:\n\n""'.length + 10_000);
	});

	test('is told for each event that is none, while the others start their runs', async () => {
		const { intake, n8n, units } = taking();
		await intake.take(frameOf(['strange', a, 7, 'strange', null]));
		expect(units()).toEqual([[0]]);
		expect(n8n.failures).toEqual(
			['"strange"', '7'].map((text) => ({
				message: 'Pico sent an event that is not an object',
				description: `The stream goes on with the next event. What came:\n\n${JSON.stringify(text)}`,
			})),
		);
	});

	test('is remembered a hundred times at most', async () => {
		const { intake, n8n } = taking();
		const tell = async (number: number) => await intake.take({ kind: 'unreadable', text: `text ${number}`, reason: 'x' });
		for (let number = 0; number < 100; number++) await tell(number);
		await tell(0);
		expect(n8n.failures).toHaveLength(100);
		await tell(100);
		await tell(100);
		await tell(0);
		expect(n8n.failures).toHaveLength(102);
	});
});

describe('a batch that was under way at the last stop', () => {
	const inFlight = { ids: [idOf(a), idOf(b)], key: 'old key', attempt: 1 };

	test('comes first, as one run under its old key, once it is complete', async () => {
		const { intake, n8n, units } = taking({}, inFlight);
		await intake.take(frameOf([c, b]));
		expect(units()).toEqual([]);
		await intake.take(frameOf([d, a]));
		expect(units()).toEqual([[0, 1], [2], [3]]);
		expect(n8n.keys[0]).toBe('old key');
		await intake.take(frameOf([completionRow(4)]));
		expect(units()).toHaveLength(4);
	});

	test('comes as far as it is there once all that is stored was sent', async () => {
		const { intake, n8n, units } = taking({}, inFlight);
		await intake.take(frameOf([c, b]));
		await intake.endReoffer();
		expect(units()).toEqual([[1], [2]]);
		expect(n8n.keys[0]).toBe('old key');
		await intake.endReoffer();
		expect(units()).toHaveLength(2);
	});

	test('that does not come any more keeps nothing waiting', async () => {
		const { intake, units } = taking({}, inFlight);
		await intake.take(frameOf([c]));
		await intake.endReoffer();
		await intake.take(frameOf([d]));
		expect(units()).toEqual([[2], [3]]);
	});

	test('is marked as read back, and as another attempt where it shall run again', async () => {
		const { intake, n8n } = taking({ afterRestart: 'again' }, inFlight);
		await intake.take(frameOf([a, b]));
		expect(n8n.emits[0].outputs[0]).toMatchObject([
			{ attempt: 2, replayed: true },
			{ attempt: 2, replayed: true },
		]);
		expect(n8n.keys[0]).not.toBe('old key');
	});

	test('holds up what waits behind it when the trigger is stopped meanwhile', async () => {
		const { intake, n8n, closing, units, position } = taking({ orderFilter: 'MO-1' }, inFlight);
		n8n.answer = () => undefined;
		const taken = intake.take(frameOf([completionRow(5, 9_000, { externalOrderId: 'SO-7' }), a, b, c]));
		await jest.advanceTimersByTimeAsync(0);
		closing.abort();
		n8n.answer = ({ done }) => done?.resolve(succeeded);
		await jest.advanceTimersByTimeAsync(2_000);
		await taken;
		expect([units(), position.acknowledged]).toEqual([[[0, 1]], timeAt(0)]);
	});
});

describe('a stop', () => {
	test('starts no further run, and passes over nothing', async () => {
		const { intake, n8n, closing, units, position } = taking({ orderFilter: 'MO-1' });
		n8n.answer = () => undefined;
		const taken = intake.take(frameOf([a, b, completionRow(5, 9_000, { externalOrderId: 'SO-7' })]));
		await jest.advanceTimersByTimeAsync(0);
		closing.abort();
		await jest.advanceTimersByTimeAsync(2_000);
		await taken;
		expect([units(), position.acknowledged]).toEqual([[[0]], timeAt(0)]);
	});

	test('before an event that nobody wants leaves that one as well, when a batch before it was not delivered', async () => {
		const { intake, n8n, closing, units, position } = taking({ eventsPerRun: 5, orderFilter: 'MO-1' });
		n8n.answer = () => undefined;
		const taken = intake.take(frameOf([a, completionRow(5, 9_000, { externalOrderId: 'SO-7' }), b]));
		await jest.advanceTimersByTimeAsync(0);
		closing.abort();
		await jest.advanceTimersByTimeAsync(2_000);
		await taken;
		expect([units(), position.acknowledged]).toEqual([[[0]], timeAt(0)]);
	});

	test('before a frame starts nothing of it, and passes over nothing', async () => {
		const { intake, closing, units, position } = taking({ orderFilter: 'MO-1' });
		closing.abort();
		await intake.take(frameOf([a, completionRow(5, 9_000, { externalOrderId: 'SO-7' })]));
		expect([units(), position.acknowledged]).toEqual([[], timeAt(0)]);
	});

	test('waits for runs that n8n has not yet taken up', async () => {
		const { intake, n8n, closing } = taking({ deliverNext: 'immediately' });
		n8n.answer = () => undefined;
		await intake.take(frameOf([completion(0).row]));
		closing.abort();
		let isTaken = false;
		void intake.takenUp().then(() => (isTaken = true));
		await jest.advanceTimersByTimeAsync(1_900);
		expect(isTaken).toBe(false);
		await jest.advanceTimersByTimeAsync(200);
		expect(isTaken).toBe(true);
	});
});
