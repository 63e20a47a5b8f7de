import type { PicoClient } from '../../../../nodes/shared/api/client.ts';
import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { Feed } from '../../../../nodes/shared/delivery/feed.ts';
import { PACE } from '../../../../nodes/shared/delivery/pace.ts';
import type { TriggerSettings } from '../../../../nodes/shared/delivery/settings.ts';
import { completionRow, delivering, deliveryOf, succeeded, timeAt } from '../../../kit/fakeN8n.mts';
import { FakeStreams } from '../../../kit/fakeStream.mts';

let mockStreams: FakeStreams;
jest.mock('../../../../nodes/shared/api/stream/sse.ts', () => ({ sseFrames: (...args: Parameters<ReturnType<FakeStreams['open']>>) => mockStreams.open('sse')(...args) }));
jest.mock('../../../../nodes/shared/api/stream/ws.ts', () => ({ wsFrames: (...args: Parameters<ReturnType<FakeStreams['open']>>) => mockStreams.open('webSocket')(...args) }));

const NOW = Date.parse(timeAt(600_000));
let feeds: Feed[] = [];

beforeEach(() => {
	jest.useFakeTimers({ now: NOW });
	jest.spyOn(Math, 'random').mockReturnValue(1);
	mockStreams = new FakeStreams();
});
afterEach(async () => {
	const stopping = Promise.all(feeds.map(async (feed) => await feed.stop()));
	feeds = [];
	await jest.advanceTimersByTimeAsync(5_000);
	await stopping;
	jest.restoreAllMocks();
	jest.useRealTimers();
});

const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);
const network = () => new PicoFailure('network', 'connection refused');
const refused = () => new PicoFailure('auth', 'Pico refused the token', { hint: 'Check the credential.' });

/** A feed that was told to start. */
function feeding(changes: Partial<TriggerSettings> = {}, { patient = false, dialect = async () => new Dialect(undefined), startWithin = PACE.startWithin } = {}) {
	const { n8n, delivery } = delivering(changes);
	const { place } = delivery;
	const startBy = performance.now() + startWithin;
	const feed = new Feed({ ...delivery, history: { queued: false, longestMs: 0 }, leastQueuedMs: 60_000, patient, startBy, client: { dialect } as unknown as PicoClient });
	feeds.push(feed);
	const state: { came?: 'started' | PicoFailure } = {};
	const starting = feed.start().then(
		() => (state.came = 'started'),
		(failure: PicoFailure) => (state.came = failure),
	);
	const units = () => n8n.emits.map(({ outputs }) => outputs[0].map(({ orderIndex }) => orderIndex));
	return { n8n, feed, state, starting, place, units };
}

/** Waits until one more stream is asked for. */
async function another() {
	const count = mockStreams.all.length;
	while (mockStreams.all.length === count) await pass(500);
}

/** A feed of which the first connection holds. */
async function connected(...args: Parameters<typeof feeding>) {
	const parts = feeding(...args);
	await pass(0);
	mockStreams.last.open();
	await pass(300);
	return parts;
}

describe('starting', () => {
	test('asks from the position on, and counts as started once the server did not refuse', async () => {
		const { state } = feeding();
		await pass(0);
		expect(mockStreams.last.subscription.document).toMatch(
			/^subscription \{ operationOrderCompletesStream\(cursor: \{ initialValue: \{ at: "2026-01-04T23:59:59.999999Z" \}, ordering: ASC \}, batchSize: 100\) \{ externalOrderId .* secondaryExternalOrderId \} \}$/,
		);
		mockStreams.last.open();
		await pass(299);
		expect(state.came).toBeUndefined();
		await pass(1);
		expect(state.came).toBe('started');
	});

	test('goes over the transport, with the fields and in frames of the size that were chosen', async () => {
		await connected({ transport: 'webSocket', output: 'fields', fields: ['reservedSerialNumber'], eventsPerRun: 250 });
		expect(mockStreams.last.transport).toBe('webSocket');
		expect(mockStreams.last.subscription.document).toContain('batchSize: 250');
		expect(mockStreams.last.subscription.document).toMatch(/endState \{ producedSerial \} reservedSerialNumber \} \}$/);
	});

	test('lets a server that can do so filter by product', async () => {
		const dialect = Object.assign(new Dialect(undefined), { hasFilter: () => true });
		await connected({ products: ['a'] }, { dialect: async () => dialect });
		expect(mockStreams.last.subscription.document).toContain('where: { operation: { id: { _in: ["a"] } } }');
	});

	test('says once when more was delivered within the look-back than it can remember', async () => {
		const { n8n, place } = await connected();
		const told = () => n8n.told.filter((line) => /less than 'Look-Back Window'/.test(line));
		expect(told()).toEqual([]);
		const step = 2;
		for (let index = 0; index < 25_000; index++) place.leaveOut({ id: `${index}`.padStart(12, '0'), cursor: timeAt(index * step) });
		for (let time = 0; time < 2; time++) {
			mockStreams.last.end();
			await another();
			mockStreams.last.open();
			await pass(300);
		}
		expect(told()).toEqual([expect.stringContaining(`knows what it delivered only from ${timeAt(5_000 * step - 1)} on`)]);
	});

	test('says where it reads from, and how far back its position is', async () => {
		const { n8n } = await connected();
		expect(n8n.told).toEqual(["info Connected to 'operationOrderCompletesStream', reading from 2026-01-04T23:59:59.999999Z (position 600 s back)"]);
	});

	test.each([
		['for a reason that a person has to mend', refused],
		['for a passing reason that nobody wants to wait for', network],
	])('fails %s, and tries no more', async (_name, failure) => {
		const { state } = feeding();
		await pass(0);
		mockStreams.last.fail(failure());
		await pass(0);
		expect(state.came).toMatchObject({ message: failure().message });
		await pass(600_000);
		expect(mockStreams.all).toHaveLength(1);
	});

	test('fails when the server accepts the stream and refuses the subscription in its first message', async () => {
		const { state } = feeding();
		await pass(0);
		mockStreams.last.open();
		await pass(100);
		mockStreams.last.fail(refused());
		await pass(1_000);
		expect(state.came).toMatchObject({ kind: 'auth' });
		expect(mockStreams.all).toHaveLength(1);
	});

	test('a stream that opened and broke off was worth opening', async () => {
		const { state } = feeding();
		await pass(0);
		mockStreams.last.open();
		await pass(100);
		mockStreams.last.fail(network());
		await pass(0);
		expect(state.came).toBe('started');
		await pass(1_000);
		expect(mockStreams.all).toHaveLength(2);
	});

	test('a patient one is left to the background, whatever the reason, and a lasting one is told', async () => {
		const { state, n8n } = feeding({}, { patient: true });
		await pass(0);
		mockStreams.last.fail(network());
		await pass(0);
		expect([state.came, n8n.failures.length]).toEqual(['started', 0]);
		const other = feeding({}, { patient: true });
		await pass(0);
		mockStreams.last.fail(refused());
		await pass(0);
		expect([other.state.came, other.n8n.failures]).toMatchObject(['started', [{ message: 'Pico refused the token' }]]);
	});

	test('fails when the server does not tell what it has', async () => {
		const { state } = feeding({}, { dialect: async () => await Promise.reject(new Error('no schema')) });
		await pass(0);
		expect(state.came).toMatchObject({ kind: 'internal', message: 'no schema' });
		expect(mockStreams.all).toEqual([]);
	});

	test('a stream that the server ends right away was a start', async () => {
		const { state } = feeding();
		await pass(0);
		mockStreams.last.end();
		await pass(0);
		expect(state.came).toBe('started');
	});

	test('ends when it is stopped before the server answered', async () => {
		const { state, feed, starting } = feeding();
		await pass(0);
		await feed.stop();
		await starting;
		expect(state.came).toBe('started');
	});
});

describe('reading', () => {
	test('each event starts a run; what is older than the connection by the clock of the server was read back', async () => {
		const { n8n } = feeding();
		await pass(0);
		mockStreams.last.open(new Date(Date.parse(timeAt(2_000))).toUTCString());
		mockStreams.last.rows([completionRow(1), completionRow(2)]);
		await pass(0);
		expect(n8n.emits.map(({ outputs }) => [outputs[0][0].orderIndex, deliveryOf(outputs[0][0]).replayed])).toEqual([
			[1, true],
			[2, false],
		]);
	});

	test('a server without a clock is taken to have ours', async () => {
		const { n8n } = await connected();
		mockStreams.last.rows([completionRow(1, 599_999), completionRow(2, 600_000)]);
		await pass(0);
		expect(n8n.emits.map(({ outputs }) => deliveryOf(outputs[0][0]).replayed)).toEqual([true, false]);
	});

	test('an event waits a moment for others to start a run with, and no longer than its connection lasts', async () => {
		const { units } = await connected({ eventsPerRun: 3 });
		mockStreams.last.rows([completionRow(1)]);
		await pass(10);
		mockStreams.last.rows([completionRow(2)]);
		await pass(19);
		expect(units()).toEqual([]);
		await pass(1);
		expect(units()).toEqual([[1, 2]]);
		mockStreams.last.rows([completionRow(2), completionRow(3), completionRow(3)]);
		await pass(0);
		mockStreams.last.rows([completionRow(3)]);
		mockStreams.last.end();
		await pass(0);
		expect(units()).toEqual([[1, 2], [3]]);
	});

	test('what is missing of a batch from before a restart is given up after five quiet seconds', async () => {
		const { n8n, delivery } = delivering();
		delivery.place.noteInFlight({ ids: ['gone'], key: 'old key', attempt: 1 });
		const feed = new Feed({ ...delivery, history: undefined, leastQueuedMs: 0, patient: false, startBy: performance.now() + PACE.startWithin, client: { dialect: async () => new Dialect(undefined) } as unknown as PicoClient });
		feeds.push(feed);
		void feed.start();
		await pass(0);
		mockStreams.last.open();
		mockStreams.last.rows([completionRow(1)]);
		await pass(4_999);
		expect(n8n.emits).toEqual([]);
		await pass(1);
		expect(n8n.emits).toHaveLength(1);
	});
});

describe('reconnecting', () => {
	test('happens after a wait that grows, from the position on, and is told each time', async () => {
		const { n8n } = await connected();
		mockStreams.last.rows([completionRow(1, 590_000)]);
		await pass(60_000);
		mockStreams.last.fail(network());
		await pass(999);
		expect(mockStreams.all).toHaveLength(1);
		expect(n8n.told.at(-1)).toBe('info Stream lost after 60 s: connection refused; connecting again in 1.0 s');
		await pass(1);
		expect(mockStreams.all).toHaveLength(2);
		expect(mockStreams.last.subscription.document).toContain(`at: "${timeAt(290_000)}"`);
		mockStreams.last.fail(network());
		await pass(0);
		expect(n8n.told.at(-1)).toBe('info Stream lost: connection refused; connecting again in 2.0 s');
		await pass(1_999);
		expect(mockStreams.all).toHaveLength(2);
		await pass(1);
		expect(mockStreams.all).toHaveLength(3);
	});

	test('starts with short waits again after a connection that held for a minute', async () => {
		await connected();
		for (let time = 0; time < 4; time++) {
			mockStreams.last.fail(network());
			await pass(10_000);
		}
		const before = mockStreams.all.length;
		mockStreams.last.open();
		await pass(60_000);
		mockStreams.last.fail(network());
		await pass(1_000);
		expect(mockStreams.all).toHaveLength(before + 1);
	});

	test('starts with short waits again after a connection that brought something new, however short it was', async () => {
		await connected();
		for (let time = 0; time < 4; time++) {
			mockStreams.last.fail(network());
			await pass(10_000);
		}
		for (let unit = 1; unit < 3; unit++) {
			const before = mockStreams.all.length;
			mockStreams.last.open();
			mockStreams.last.rows([completionRow(unit)]);
			await pass(100);
			mockStreams.last.fail(network());
			await pass(1_000);
			expect(mockStreams.all).toHaveLength(before + 1);
		}
		// The same once more is nothing new.
		mockStreams.last.open();
		mockStreams.last.rows([completionRow(1)]);
		await pass(100);
		const before = mockStreams.all.length;
		mockStreams.last.fail(network());
		await pass(1_999);
		expect(mockStreams.all).toHaveLength(before);
	});

	test('waits as long as the server asks', async () => {
		await connected();
		mockStreams.last.fail(new PicoFailure('rateLimited', 'slow down', { retryAfterMs: 30_000 }));
		await pass(29_999);
		expect(mockStreams.all).toHaveLength(1);
		await pass(1);
		expect(mockStreams.all).toHaveLength(2);
	});

	test('a stream that Pico ends, and one that falls silent, are told as such', async () => {
		const { n8n } = await connected({ silenceMs: 30_000 });
		mockStreams.last.end();
		await pass(1_000);
		expect(n8n.told.at(-1)).toBe('info Stream ended by Pico after 0 s; connecting again in 1.0 s');
		mockStreams.last.open();
		await pass(30_000);
		expect(n8n.told.at(-1)).toBe('info Stream silent after 30 s, presumed dead; connecting again in 2.0 s');
	});

	test('half a look-back after it was made, a connection that delivered something is made anew at once', async () => {
		const { n8n } = await connected({ lookbackMs: 300_000, silenceMs: 0 });
		mockStreams.last.rows([completionRow(1)]);
		await pass(149_699);
		expect(mockStreams.all).toHaveLength(1);
		await pass(1);
		expect(mockStreams.all).toHaveLength(2);
		expect(n8n.told.filter((line) => line.includes('connecting again'))).toEqual([]);
	});

	test('but not more often than every ten seconds', async () => {
		await connected({ lookbackMs: 1_000 });
		mockStreams.last.rows([completionRow(1)]);
		await pass(9_699);
		expect(mockStreams.all).toHaveLength(1);
		await pass(1);
		expect(mockStreams.all).toHaveLength(2);
	});

	test('goes on after the first connection whatever happens, once a minute, and a lasting cause is told once', async () => {
		const { n8n } = await connected();
		for (let time = 0; time < 3; time++) {
			mockStreams.last.fail(refused());
			await pass(59_999);
			expect(mockStreams.all).toHaveLength(time + 1);
			await pass(1);
			expect(mockStreams.all).toHaveLength(time + 2);
		}
		expect(n8n.failures).toEqual([
			{ message: 'Pico refused the token', description: 'Check the credential. The trigger keeps trying every minute; no event is lost.' },
		]);
		mockStreams.last.fail(new PicoFailure('path', 'Nothing at this path'));
		await pass(60_000);
		expect(n8n.failures.at(-1)).toEqual({ message: 'Nothing at this path', description: ' The trigger keeps trying every minute; no event is lost.' });
	});

	test('a lasting cause is told again after a connection that held for a minute', async () => {
		const { n8n } = await connected();
		mockStreams.last.fail(refused());
		await pass(60_000);
		for (let time = 0; time < 2; time++) {
			mockStreams.last.open();
			await pass(59_999);
			mockStreams.last.fail(refused());
			await pass(60_000);
			expect(n8n.failures).toHaveLength(1);
		}
		mockStreams.last.open();
		await pass(60_000);
		mockStreams.last.fail(refused());
		await pass(0);
		expect(n8n.failures).toHaveLength(2);
	});

	test('longer waits than a minute are kept also for a lasting cause', async () => {
		await connected();
		mockStreams.last.fail(new PicoFailure('auth', 'no', { retryAfterMs: 120_000 }));
		await pass(119_999);
		expect(mockStreams.all).toHaveLength(1);
		await pass(1);
		expect(mockStreams.all).toHaveLength(2);
	});
});

describe('frames', () => {
	const size = () => Number(/batchSize: (\d+)/.exec(mockStreams.last.subscription.document)?.[1]);
	/** The last stream opens, brings so many frames and breaks off; the next one is there afterwards. */
	async function breakAfter(frames: number, isOpen = true) {
		if (isOpen) mockStreams.last.open();
		for (let frame = 0; frame < frames; frame++) mockStreams.last.rows([]);
		await pass(1);
		mockStreams.last.fail(network());
		await another();
	}

	test('become half as large each time a connection breaks before one is through, down to a single row', async () => {
		feeding({}, { patient: true });
		await pass(0);
		const sizes = [size()];
		for (let time = 0; time < 8; time++) {
			await breakAfter(0);
			sizes.push(size());
		}
		expect(sizes).toEqual([100, 50, 25, 12, 6, 3, 1, 1, 1]);
	});

	test('become twice as large again with each connection that brought one, up to where they began', async () => {
		feeding({ eventsPerRun: 150 }, { patient: true });
		await pass(0);
		const sizes = [size()];
		for (const frames of [0, 0, 1, 3, 1]) {
			await breakAfter(frames);
			sizes.push(size());
		}
		expect(sizes).toEqual([150, 75, 37, 74, 148, 150]);
	});

	test('stay as they are when a connection cannot be made, or ends in peace', async () => {
		feeding({}, { patient: true });
		await pass(0);
		await breakAfter(0);
		expect(size()).toBe(50);
		await breakAfter(0, false);
		expect(size()).toBe(50);
		mockStreams.last.open();
		await pass(1);
		mockStreams.last.end();
		await another();
		expect([size(), mockStreams.all.length]).toEqual([50, 4]);
	});
});

describe('a row that Pico cannot resolve', () => {
	const size = () => Number(/batchSize: (\d+)/.exec(mockStreams.last.subscription.document)?.[1]);
	const cursor = () => /at: "([^"]+)"/.exec(mockStreams.last.subscription.document)?.[1] ?? '';
	const PATH = (index: number) => ['operationOrderCompletesStream', index, 'operation', 'id'];
	const withoutOperation = (unit: number) => {
		const { operation: _left, ...row } = completionRow(unit);
		return row;
	};

	/** A stream with the rows of a plant, a frame each, of which some cannot be resolved. */
	async function serve(rows: number[], bad: number[]) {
		const stream = mockStreams.last;
		stream.open();
		const withoutField = !stream.subscription.document.includes(' operation {');
		const from = Date.parse(cursor());
		for (const unit of rows) {
			if (Date.parse(timeAt(unit * 1_000)) < from) continue;
			if (withoutField) stream.rows([withoutOperation(unit)]);
			else if (bad.includes(unit)) stream.unresolved(PATH(0));
			else stream.rows([completionRow(unit)]);
		}
		await pass(0);
	}

	test('hides the others of its frame: they are read one by one, at once, and it is delivered without that field', async () => {
		const { units, n8n, feed } = await connected({ lookbackMs: 1_000 });
		mockStreams.last.rows([completionRow(1)]);
		await pass(0);
		mockStreams.last.unresolved(PATH(2));
		await pass(0);
		expect([mockStreams.all.length, size()]).toEqual([2, 1]);
		await serve([1, 2, 3, 4, 5, 6], [3]);
		// Everything with every field, then without the field in question.
		expect(mockStreams.all).toHaveLength(3);
		await serve([1, 2, 3, 4, 5, 6], [3]);
		expect(mockStreams.all).toHaveLength(4);
		expect(mockStreams.last.subscription.document).not.toContain(' operation {');
		await serve([1, 2, 3, 4, 5, 6], [3]);
		await pass(2_000);
		expect(units()).toEqual([[1], [2], [3], [4], [5], [6]]);
		expect(n8n.emits.map(({ outputs }) => outputs[0][0].partNumber)).toEqual([
			...['PUMP-100', 'PUMP-100', null, 'PUMP-100', 'PUMP-100', 'PUMP-100'],
		]);
		expect(n8n.failures).toEqual([]);
		expect(n8n.told.filter((line) => line.startsWith('warn'))).toHaveLength(1);
		await feed.stop();
		expect(mockStreams.all.every(({ isClosed }) => isClosed)).toBe(true);
	});

	test('frames are large again once the look-back no longer reaches it', async () => {
		await connected({ lookbackMs: 1_000, silenceMs: 0 });
		mockStreams.last.unresolved(['operationOrderCompletesStream', 0]);
		await pass(0);
		expect(size()).toBe(1);
		mockStreams.last.open();
		mockStreams.last.unresolved(['operationOrderCompletesStream', 0]);
		for (let unit = 1; unit <= 499; unit++) mockStreams.last.rows([completionRow(unit)]);
		await pass(0);
		expect(size()).toBe(1);
		mockStreams.last.rows([completionRow(500)]);
		await pass(0);
		expect(size()).toBe(100);
	});

	test('behind an event of a station whose clock is years ahead does not keep frames small for years', async () => {
		await connected({ lookbackMs: 1_000, silenceMs: 0 });
		mockStreams.last.rows([completionRow(0, 70 * 365 * 86_400_000)]);
		mockStreams.last.unresolved(['operationOrderCompletesStream', 0]);
		await pass(0);
		expect(size()).toBe(1);
		mockStreams.last.open(new Date(NOW).toUTCString());
		for (let unit = 1; unit <= 500; unit++) mockStreams.last.rows([completionRow(unit)]);
		await pass(0);
		expect(size()).toBe(100);
	});

	test('is told once, with path, reason and place, when the path names no field, and the stream goes on', async () => {
		const { n8n, units } = await connected();
		for (let time = 0; time < 3; time++) {
			mockStreams.last.open();
			if (size() === 1) mockStreams.last.rows([completionRow(1)]);
			mockStreams.last.unresolved(['operationOrderCompletesStream', 0]);
			if (size() === 1) mockStreams.last.rows([completionRow(2)]);
			await pass(0);
			mockStreams.last.end();
			await pass(60_000);
		}
		expect(units()).toEqual([[1], [2]]);
		expect(n8n.failures).toHaveLength(1);
		expect(n8n.failures[0].message).toBe(
			'Pico could not send an event: the requested element is null which the schema does not allow (at operationOrderCompletesStream.0)',
		);
		expect(n8n.failures[0].description).toContain(`comes after ${timeAt(1_000)}`);
	});

	test('is told where the server sends several rows although one was asked for', async () => {
		const { n8n, units } = await connected();
		mockStreams.last.unresolved(PATH(3));
		await pass(0);
		mockStreams.last.open();
		mockStreams.last.unresolved(PATH(3));
		mockStreams.last.rows([completionRow(7), completionRow(8)]);
		await pass(0);
		expect([mockStreams.all.length, units()]).toEqual([2, [[7], [8]]]);
		expect(n8n.failures).toMatchObject([{ message: expect.stringContaining('Pico could not send some events') as string }]);
	});

	test('is told where the server cannot send it again, without leaving the line', async () => {
		const dialect = Object.assign(new Dialect(undefined), { hasFilter: () => false });
		const { n8n, units } = await connected({}, { dialect: async () => dialect });
		mockStreams.last.unresolved(PATH(0));
		mockStreams.last.rows([completionRow(1)]);
		await pass(0);
		expect([mockStreams.all.length, units(), n8n.failures.length]).toEqual([1, [[1]], 1]);
	});

	test('that is sent as a null in its list is told, and its neighbours are delivered', async () => {
		const { n8n, units } = await connected();
		const errors = [{ message: 'no such part', path: PATH(1) }];
		mockStreams.last.frame({ kind: 'result', data: { operationOrderCompletesStream: [completionRow(1), null, completionRow(2)] }, errors });
		await pass(0);
		expect([units(), n8n.failures.map(({ message }) => message)]).toEqual([
			[[1], [2]],
			['Pico could not send an event: no such part (at operationOrderCompletesStream.1.operation.id)'],
		]);
	});
});

describe('an outage', () => {
	test('of an hour is one failed execution with the cause, and one line when it is over', async () => {
		const { n8n } = await connected();
		mockStreams.last.rows([completionRow(1)]);
		await pass(60_000);
		const count = mockStreams.all.length;
		for (mockStreams.last.fail(network()); mockStreams.all.length < count + 100; ) {
			const before = mockStreams.all.length;
			await pass(1_000);
			if (mockStreams.all.length > before) mockStreams.last.fail(network());
		}
		expect(n8n.failures).toEqual([
			{ message: 'Pico could not be reached for 60 minutes', description: expect.stringMatching(/^connection refused\. .*reads what it missed/) as string },
		]);
		await another();
		mockStreams.last.open();
		await pass(300);
		expect(n8n.told.filter((line) => line.includes('can be reached again'))).toHaveLength(1);
	});

	test('of less than an hour is not worth one', async () => {
		const { n8n } = await connected();
		for (let time = 0; time < 50; time++) {
			mockStreams.last.fail(network());
			await another();
		}
		mockStreams.last.open();
		await pass(300);
		expect(n8n.failures).toEqual([]);
		expect(n8n.told.filter((line) => line.includes('can be reached again'))).toEqual([]);
	});

	test('a line that opens and carries nothing twice in a row is told once, with what to do', async () => {
		const { n8n } = await connected({ silenceMs: 90_000 });
		for (let time = 0; time < 4; time++) {
			await pass(90_000);
			expect(n8n.failures).toHaveLength(time === 0 ? 0 : 1);
			await another();
			mockStreams.last.open();
		}
		expect(n8n.failures[0].message).toBe('Pico accepts the stream, but nothing comes through it');
		expect(n8n.failures[0].description).toMatch(/buffering.*X-Accel-Buffering.*WebSocket.*Webhook Trigger/);
	});

	test('a line that a proxy cuts after a while without anything in it is held back too; one with heartbeats is not', async () => {
		const { n8n } = await connected();
		for (let time = 0; time < 2; time++) {
			await pass(60_000);
			mockStreams.last.end();
			await another();
			mockStreams.last.open();
		}
		expect(n8n.failures).toHaveLength(1);
		const beating = await connected();
		for (let time = 0; time < 3; time++) {
			mockStreams.last.activity();
			await pass(60_000);
			mockStreams.last.end();
			await another();
			mockStreams.last.open();
		}
		expect(beating.n8n.failures).toEqual([]);
	});

	test('is noticed in time when somebody sets the clock back by an hour', async () => {
		await connected({ silenceMs: 90_000 });
		await pass(10_000);
		jest.setSystemTime(Date.now() - 3_600_000);
		await pass(81_000);
		expect(mockStreams.all).toHaveLength(2);
	});
});

describe('a first connection', () => {
	test('that nobody answers fails within ten seconds', async () => {
		const { state } = feeding();
		await pass(8_999);
		expect(state.came).toBeUndefined();
		await pass(1);
		expect(state.came).toMatchObject({ kind: 'timeout' });
		expect(jest.getTimerCount()).toBe(0);
	});

	test('of which not even the question before it is answered fails within ten seconds, questions included', async () => {
		const asked: AbortSignal[] = [];
		const dialect = async (signal?: AbortSignal) =>
			await new Promise<Dialect>((_resolve, reject) => {
				asked.push(signal as AbortSignal);
				signal?.addEventListener('abort', () => reject(signal.reason as Error));
			});
		const { state } = feeding({}, { dialect });
		await pass(9_000);
		expect(state.came).toMatchObject({ kind: 'timeout', message: 'Pico did not answer within 9 s' });
		expect(asked[0].aborted).toBe(true);
	});

	test('after a slow question has only the rest of the time', async () => {
		const { state } = feeding({}, { dialect: async () => await new Promise((resolve) => setTimeout(() => resolve(new Dialect(undefined)), 6_000)) });
		await pass(6_000);
		expect(mockStreams.all).toHaveLength(1);
		await pass(3_000);
		expect(state.came).toMatchObject({ kind: 'timeout' });
	});

	test('has only what is left of the time when the trigger begins it', async () => {
		const { state } = feeding({}, { startWithin: 2_000 });
		await pass(2_000);
		expect(state.came).toMatchObject({ kind: 'timeout' });
	});

	test('that is left to the background may take its time', async () => {
		const { state } = feeding({}, { patient: true });
		await pass(29_000);
		mockStreams.last.open();
		await pass(300);
		expect(state.came).toBe('started');
	});
});

describe('causes', () => {
	const refusal = (message: string, code?: string) => new PicoFailure('graphql', message, { errors: [{ message, ...(code ? { code } : {}) }] });

	test('are told apart by kind and code, not by wording', async () => {
		const { n8n } = await connected();
		mockStreams.last.rows([]);
		for (const failure of [refusal('try at 10:01', 'QUOTA'), refusal('try at 10:02', 'QUOTA'), refusal('no', 'LOCKED'), refused(), refused()]) {
			mockStreams.last.fail(failure);
			await another();
		}
		expect(n8n.failures.map(({ message }) => message)).toEqual(['try at 10:01', 'no', 'Pico refused the token']);
	});

	test('without end are told a few times only', async () => {
		const { n8n } = await connected();
		for (let time = 0; time < 30; time++) {
			mockStreams.last.fail(refusal('no', `E${time}`));
			await another();
		}
		expect(n8n.failures).toHaveLength(20);
	});

	test('a credential that names another host is told once, and to be mended by publishing again', async () => {
		const { n8n } = await connected();
		for (let time = 0; time < 3; time++) {
			mockStreams.last.fail(new PicoFailure('moved', 'The credential now names the host b', { hint: 'Publish the workflow again.' }));
			await another();
		}
		expect(n8n.failures).toEqual([{ message: 'The credential now names the host b', description: 'Publish the workflow again.' }]);
	});

	test('an event beyond the limit is tried alone at once, and told if it is too large by itself', async () => {
		const tooLarge = () => new PicoFailure('tooLarge', 'Pico sent an event of more than 64 MB');
		const { n8n } = await connected();
		mockStreams.last.fail(tooLarge());
		await pass(0);
		expect([mockStreams.all.length, mockStreams.last.subscription.document.includes('batchSize: 1)'), n8n.failures]).toEqual([2, true, []]);
		mockStreams.last.open();
		mockStreams.last.fail(tooLarge());
		await pass(0);
		expect(n8n.failures).toMatchObject([{ message: 'Pico sent an event of more than 64 MB' }]);
		expect(mockStreams.all).toHaveLength(2);
	});
});

describe('a server of another age', () => {
	const unknown = (...names: string[]) =>
		new PicoFailure('graphql', 'Cannot query', { errors: names.map((name) => ({ message: `Cannot query field "${name}" on type "OperationOrderComplete".` })) });

	test('that does not know a name is asked without it at once', async () => {
		const { state, n8n } = feeding();
		await pass(0);
		mockStreams.last.fail(unknown('reservedSerialNumber'));
		await pass(0);
		expect(mockStreams.all).toHaveLength(2);
		expect(mockStreams.last.subscription.document).not.toContain('reservedSerialNumber');
		mockStreams.last.open();
		await pass(300);
		expect([state.came, n8n.failures]).toEqual(['started', []]);
	});

	test('that goes on refusing a name fails the start', async () => {
		const { state } = feeding();
		for (let time = 0; time < 2; time++) {
			await pass(0);
			mockStreams.last.fail(unknown('strange'));
		}
		await pass(0);
		expect(state.came).toMatchObject({ kind: 'graphql' });
	});

	test('that cannot send past events again is told of', async () => {
		const dialect = Object.assign(new Dialect(undefined), { hasFilter: () => false });
		const { n8n } = await connected({}, { dialect: async () => dialect });
		expect(mockStreams.last.subscription.document).not.toContain('cursor');
		mockStreams.last.end();
		await pass(0);
		expect(n8n.told).toContain('warn This Pico cannot send past events again; what happens while the connection is down is lost');
	});

	test('that cannot is never left on purpose', async () => {
		const dialect = Object.assign(new Dialect(undefined), { hasFilter: () => false });
		const { n8n } = await connected({ lookbackMs: 1_000, silenceMs: 0 }, { dialect: async () => dialect });
		mockStreams.last.rows([completionRow(1)]);
		await pass(3_600_000);
		mockStreams.last.rows([completionRow(2)]);
		await pass(0);
		expect(mockStreams.all).toHaveLength(1);
		for (let time = 0; time < 3; time++) {
			mockStreams.last.end();
			await another();
			mockStreams.last.open();
			await pass(300);
		}
		expect(n8n.told.filter((line) => line.startsWith('warn'))).toHaveLength(1);
	});

	test('that refuses the filter which it lists is asked without it', async () => {
		const dialect = Object.assign(new Dialect(undefined), {});
		const listed = dialect.hasFilter.bind(dialect);
		dialect.hasFilter = (type, field, argument, path) => listed(type, field, argument, path) ?? (argument === 'where' ? true : undefined);
		const { state, n8n } = feeding({ products: ['a'] }, { dialect: async () => dialect });
		await pass(0);
		expect(mockStreams.last.subscription.document).toContain('where: ');
		mockStreams.last.fail(new PicoFailure('graphql', 'Pico answered: filtering is not available'));
		await pass(0);
		expect(mockStreams.last.subscription.document).not.toContain('where: ');
		mockStreams.last.open();
		await pass(300);
		expect([state.came, n8n.failures]).toEqual(['started', []]);
	});

	test('that refuses also what does not filter is told with its first word', async () => {
		const dialect = new Dialect(undefined);
		const listed = dialect.hasFilter.bind(dialect);
		dialect.hasFilter = (type, field, argument, path) => listed(type, field, argument, path) ?? (argument === 'where' ? true : undefined);
		const { state } = feeding({ products: ['a'] }, { dialect: async () => dialect });
		for (const message of ['the first word', 'the second word']) {
			await pass(0);
			mockStreams.last.fail(new PicoFailure('graphql', message));
		}
		await pass(0);
		expect(state.came).toMatchObject({ message: 'the first word' });
		expect(dialect.hasFilter('Subscription', 'operationOrderCompletesStream', 'where', ['operation', 'id', '_in'])).toBe(true);
	});

	test('that can is not', async () => {
		const { n8n } = await connected();
		mockStreams.last.end();
		await pass(0);
		expect(n8n.told.filter((line) => line.startsWith('warn'))).toEqual([]);
	});
});

describe('stopping', () => {
	test('ends at once while it reads, waits to reconnect, or waits for a run', async () => {
		const { feed } = await connected();
		await feed.stop();
		expect(mockStreams.last.isClosed).toBe(true);
		const waiting = await connected();
		mockStreams.last.fail(network());
		await pass(0);
		await waiting.feed.stop();
		expect(jest.getTimerCount()).toBe(0);
		const count = mockStreams.all.length;
		await pass(600_000);
		expect(mockStreams.all).toHaveLength(count);
	});

	test('waits until n8n has taken up the run that is under way, and leaves its event for the next start', async () => {
		const { feed, n8n, place } = await connected();
		n8n.answer = () => undefined;
		mockStreams.last.rows([completionRow(1), completionRow(2)]);
		await pass(0);
		let isStopped = false;
		void feed.stop().then(() => (isStopped = true));
		await pass(1_999);
		expect(isStopped).toBe(false);
		await pass(1);
		expect(isStopped).toBe(true);
		expect([n8n.emits.length, place.cursor]).toEqual([1, timeAt(0)]);
	});

	test('waits until n8n has taken up runs that nobody waits for', async () => {
		const { feed, n8n } = await connected({ deliverNext: 'immediately' });
		n8n.answer = ({ done }) => void setTimeout(() => done?.resolve(succeeded), 1_000);
		mockStreams.last.rows([completionRow(1)]);
		await pass(0);
		let isStopped = false;
		void feed.stop().then(() => (isStopped = true));
		await pass(900);
		expect(isStopped).toBe(false);
		await pass(200);
		expect(isStopped).toBe(true);
	});

	test('tells nothing of the connection that it ended itself', async () => {
		const { feed, n8n } = await connected();
		const told = n8n.logs.length;
		await feed.stop();
		expect(n8n.logs).toHaveLength(told);
	});
});
