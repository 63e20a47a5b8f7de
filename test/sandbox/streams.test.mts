import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import {
	COMPLETIONS,
	type CompletionRow,
	LIVE,
	SseReader,
	ask,
	eventually,
	operationId,
	post,
	rows,
	save,
} from './client.mts';

let sandbox: SandboxProcess;
const open: Array<SseReader<unknown>> = [];

const START = '2026-02-01T00:00:00Z';
const BEFORE = '2026-01-31T00:00:00Z';

async function stream<T = CompletionRow>(document: string, variables?: object): Promise<SseReader<T>> {
	const reader = await SseReader.open<T>(sandbox, document, variables);
	open.push(reader as SseReader<unknown>);
	return reader;
}
const bulk = (body: object) => sandbox.control('POST', 'completions/bulk', { startAt: START, ...body });
const switches = (body: object) => sandbox.control('POST', 'switches', body);
const ids = (list: CompletionRow[]) => list.map((row) => row.externalOrderId);
const numbered = (count: number, prefix = 'BULK') =>
	Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
const complete = (externalOrderId: string, at?: string) =>
	sandbox.control('POST', 'orders/complete', { externalOrderId, at });
const sentinel = async () => {
	await save(sandbox, await operationId(sandbox, 'PROC-050', 'A'), 'SENTINEL');
	await complete('SENTINEL');
};

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(() => sandbox.close());
afterEach(async () => {
	for (const reader of open.splice(0)) reader.close();
	await sandbox.control('POST', 'reset');
});

describe('replay', () => {
	it('sends every row behind the cursor in order of time, batch by batch, then what happens next', async () => {
		await bulk({ count: 250, stepNs: 1_000_000 });
		const reader = await stream(COMPLETIONS, { from: BEFORE, batch: 100 });
		await reader.take(250);
		await sentinel();
		expect(ids(await reader.take(251))).toEqual([...numbered(250), 'SENTINEL']);
		expect(reader.batches).toEqual([100, 100, 50, 1]);
	});

	it('starts strictly behind the cursor, or at it with the switch cursorInclusive', async () => {
		await bulk({ count: 5, stepNs: 1_000_000 });
		const from = '2026-02-01T00:00:00.002Z';
		expect(ids(await (await stream(COMPLETIONS, { from })).take(2))).toEqual(['BULK-4', 'BULK-5']);
		await switches({ cursorInclusive: true });
		expect(ids(await (await stream(COMPLETIONS, { from })).take(3))).toEqual(['BULK-3', 'BULK-4', 'BULK-5']);
	});

	it('makes real ties: rows within one shown time unit are all at, and none behind, that time', async () => {
		await bulk({ count: 6, stepNs: 400_000 });
		const at = (await (await stream(COMPLETIONS, { from: BEFORE })).take(6)).map((row) => row.at);
		const millis = [0, 0, 0, 1, 1, 2].map((ms) => `2026-02-01T00:00:00.00${ms}Z`);
		expect(at).toEqual(millis);
		expect(ids(await (await stream(COMPLETIONS, { from: millis[0] })).take(3))).toEqual(['BULK-4', 'BULK-5', 'BULK-6']);
		await switches({ timePrecision: 'ns' });
		const exact = await stream(COMPLETIONS, { from: '2026-02-01T00:00:00.000400000Z' });
		expect((await exact.take(4)).map((row) => row.at.slice(20))).toEqual([
			'000800000Z',
			'001200000Z',
			'001600000Z',
			'002000000Z',
		]);
	});

	it.each([
		['ms', '2026-02-01T00:00:00.000Z'],
		['us', '2026-02-01T00:00:00.000000Z'],
		['ns', '2026-02-01T00:00:00.000000000Z'],
	])('writes timestamps with the decimals of timePrecision=%s', async (timePrecision, first) => {
		await switches({ timePrecision });
		await bulk({ count: 2, tieEvery: 2 });
		const [a, b] = await (await stream(COMPLETIONS, { from: BEFORE })).take(2);
		expect([a.at, b.at]).toEqual([first, first]);
	});

	it('runs backwards from the cursor with ordering DESC', async () => {
		await bulk({ count: 3 });
		const reader = await stream(
			'subscription { operationOrderCompletesStream(cursor: { initialValue: { at: "2026-02-01T00:00:00.002Z" } ordering: DESC }) { externalOrderId } }',
		);
		expect(ids(await reader.take(2))).toEqual(['BULK-2', 'BULK-1']);
	});

	it('accepts a list of one cursor like a single one, and refuses a time that is none and a batch size below 1', async () => {
		await bulk({ count: 1 });
		const list = await stream(
			`subscription { operationOrderCompletesStream(cursor: [{ initialValue: { at: "${BEFORE}" } }]) { externalOrderId } }`,
		);
		expect(ids(await list.take(1))).toEqual(['BULK-1']);
		for (const args of ['cursor: { initialValue: { at: "yesterday" } }', 'batchSize: 0']) {
			const bad = await stream(`subscription { operationOrderCompletesStream(${args}) { at } }`);
			await bad.until(() => bad.end !== undefined);
			expect(bad.raw).toContain('errors');
		}
	});

	it('replays 100,000 completions complete and in order', async () => {
		await bulk({ count: 100_000, stepNs: 1_000 });
		await switches({ timePrecision: 'us' });
		const reader = await stream(
			`subscription { operationOrderCompletesStream(cursor: { initialValue: { at: "${BEFORE}" } } batchSize: 100) { externalOrderId at } }`,
		);
		await reader.until(() => reader.rows.length === 100_000, 15_000);
		expect(ids(reader.rows)).toEqual(numbered(100_000));
	});

	it('stops producing for a reader that does not read, and holds no backlog for it', async () => {
		await bulk({ count: 50_000 });
		const abort = new AbortController();
		const response = await post(
			sandbox,
			COMPLETIONS,
			{ from: BEFORE, batch: 100 },
			{ accept: 'text/event-stream' },
			abort.signal,
		);
		const delivered = async () =>
			(await sandbox.control<{ streams: Array<{ delivered: number }> }>('GET', 'state')).streams[0]?.delivered ?? 0;
		let last = -1;
		const settled = await eventually(async () => {
			const now = await delivered();
			const quiet = now > 0 && now === last;
			last = now;
			await new Promise((resolve) => setTimeout(resolve, 100));
			return quiet ? now : undefined;
		});
		expect(settled).toBeLessThan(25_000);
		expect(response.status).toBe(200);
		abort.abort();
	});
});

describe('without a cursor', () => {
	it('sends only what happens from now on', async () => {
		await bulk({ count: 3 });
		const reader = await stream(LIVE);
		await sentinel();
		expect(ids(await reader.take(1))).toEqual(['SENTINEL']);
	});

	it('sends what exists first with the switch replayOnPlainSubscribe', async () => {
		await bulk({ count: 2 });
		await switches({ replayOnPlainSubscribe: true });
		expect(ids(await (await stream(LIVE)).take(2))).toEqual(['BULK-1', 'BULK-2']);
	});
});

describe('filters', () => {
	it('applies where to replayed and to new rows, also through the operation', async () => {
		await bulk({ count: 4 });
		const pump = await operationId(sandbox, 'PUMP-101');
		const reader = await stream(
			`subscription ($id: ID) { operationOrderCompletesStream(cursor: { initialValue: { at: "${BEFORE}" } } where: { operation: { id: { _eq: $id } } }) { externalOrderId operation { id } } }`,
			{ id: pump },
		);
		await sentinel();
		await save(sandbox, pump, 'SO-1');
		await sandbox.control('POST', 'orders/run');
		expect(ids(await reader.take(2))).toEqual(['BULK-2', 'SO-1']);
	});

	it('knows _and, _or, _not, _in and time comparisons in queries', async () => {
		await bulk({ count: 5 });
		const find = (where: string) =>
			rows<CompletionRow>(sandbox, `{ operationOrderCompletes(where: ${where}) { externalOrderId } }`).then(ids);
		expect(await find('{ externalOrderId: { _in: ["BULK-2", "BULK-9"] } }')).toEqual(['BULK-2']);
		expect(await find('{ at: { _gt: "2026-02-01T00:00:00.001Z" _lte: "2026-02-01T00:00:00.003Z" } }')).toEqual([
			'BULK-3',
			'BULK-4',
		]);
		expect(
			await find('{ _or: [{ externalOrderId: { _eq: "BULK-1" } }, { externalOrderId: { _eq: "BULK-5" } }] }'),
		).toEqual(['BULK-1', 'BULK-5']);
		expect(await find('{ _not: { at: { _lt: "2026-02-01T00:00:00.004Z" } } }')).toEqual(['BULK-5']);
		expect(
			await find('{ _and: [{ at: { _gte: "2026-02-01T00:00:00.001Z" } }, { externalOrderId: { _eq: "BULK-1" } }] }'),
		).toEqual([]);
	});
});

describe('definitions and notes', () => {
	const OPERATIONS = 'subscription { operationsStream { id externalId externalRevision name archivedAt updatedAt } }';

	it('announces a deployed, a changed and an archived operation', async () => {
		const reader = await stream<{ externalId: string; externalRevision: string; archivedAt: string | null }>(
			OPERATIONS,
		);
		await sandbox.control('POST', 'operations/deploy', { partNumber: 'FAN-1', revision: 'A', name: 'Fan' });
		await sandbox.control('POST', 'operations/deploy', { partNumber: 'PUMP-100', revision: 'C' });
		await sandbox.control('POST', 'operations/archive', { partNumber: 'FAN-1' });
		const seen = await reader.take(3);
		expect(seen.map((row) => [row.externalId, row.externalRevision, row.archivedAt !== null])).toEqual([
			['FAN-1', 'A', false],
			['PUMP-100', 'C', false],
			['FAN-1', 'A', true],
		]);
	});

	it('replays an operation once, as it is now', async () => {
		await sandbox.control('POST', 'operations/deploy', { partNumber: 'FAN-1', revision: 'A', name: 'Fan' });
		await sandbox.control('POST', 'operations/deploy', { partNumber: 'FAN-1', revision: 'A', name: 'Fan, quieter' });
		const reader = await stream<{ name: string; externalId: string }>(
			'subscription { operationsStream(cursor: { initialValue: { updatedAt: "2026-01-01T00:00:00Z" } } batchSize: 100) { name externalId } }',
		);
		await reader.until(() => reader.rows.some((row) => row.externalId === 'FAN-1'));
		expect(reader.rows.filter((row) => row.externalId === 'FAN-1').map((row) => row.name)).toEqual(['Fan, quieter']);
	});

	it('announces structure changes, and touches the remaining links when one is removed', async () => {
		const reader = await stream<{ childId: string; childIndex: number }>(
			'subscription { subOperationsStream { parentId childId childIndex updatedAt } }',
		);
		const change = { parentPartNumber: 'HOUSING-120', childPartNumber: 'PROC-050' };
		await sandbox.control('POST', 'structure/change', change);
		const leakTest = await operationId(sandbox, 'PROC-050', 'A');
		expect(await reader.take(1)).toMatchObject([{ childId: leakTest, childIndex: 1 }]);
		await sandbox.control('POST', 'structure/change', { ...change, remove: true });
		expect((await reader.take(2))[1]).toMatchObject({ childId: await operationId(sandbox, 'PROC-030', 'B') });
	});

	it('announces a note and its update, which keeps its place with the switch noteUpdates=same-seq', async () => {
		const NOTES =
			'subscription { noteEventsStream { seq id text eventType state { operator { name } station { name } } } }';
		const reader = await stream<{ seq: number; id: string; text: string; eventType: string }>(NOTES);
		const { id } = await sandbox.control<{ id: string }>('POST', 'notes/add', { text: 'Scratch', operator: 'Kim' });
		await sandbox.control('POST', 'notes/update', { id, text: 'Scratch, polished' });
		await switches({ noteUpdates: 'same-seq' });
		await sandbox.control('POST', 'notes/update', { id, text: 'Closed' });
		const seen = await reader.take(3);
		expect(seen.map((row) => [row.seq, row.id === id, row.text, row.eventType])).toEqual([
			[1, true, 'Scratch', 'created'],
			[2, true, 'Scratch, polished', 'updated'],
			[2, true, 'Closed', 'updated'],
		]);
		const after = await stream<{ seq: number }>(
			'subscription { noteEventsStream(cursor: { initialValue: { seq: 2 } }) { seq text } }',
		);
		await sandbox.control('POST', 'notes/add', { text: 'Next' });
		expect(await after.take(1)).toMatchObject([{ seq: 3, text: 'Next' }]);
	});

	it('has no notes and three streams in profile legacy', async () => {
		await sandbox.control('POST', 'reset', { profile: 'legacy' });
		const { body } = await ask(sandbox, '{ __schema { subscriptionType { fields { name } } } }');
		expect(JSON.stringify(body.data)).not.toContain('note');
		const { body: refused } = await ask(sandbox, '{ noteEvents { id } }');
		expect(refused.errors?.[0].message).toContain('Cannot query field "noteEvents"');
	});
});

describe('delivery switches', () => {
	it('sends one row per event, not a list, with streamShape=object', async () => {
		await switches({ streamShape: 'object' });
		await bulk({ count: 3 });
		const reader = await stream(COMPLETIONS, { from: BEFORE, batch: 100 });
		expect(ids(await reader.take(3))).toEqual(numbered(3));
		expect(reader.raw).toContain('"operationOrderCompletesStream":{');
	});

	it('delivers every row twice with duplicateRate=1', async () => {
		await switches({ duplicateRate: 1 });
		await bulk({ count: 2 });
		const reader = await stream(COMPLETIONS, { from: BEFORE });
		expect(ids(await reader.take(4))).toEqual(['BULK-1', 'BULK-2', 'BULK-1', 'BULK-2']);
	});

	it('commits every second event late with reorder=late: open streams see it late, a replay in order', async () => {
		await switches({ reorder: 'late' });
		const reader = await stream(LIVE);
		const leakTest = await operationId(sandbox, 'PROC-050', 'A');
		for (const order of ['A', 'B', 'C', 'D']) {
			await save(sandbox, leakTest, order);
			await complete(order);
		}
		expect(ids(await reader.take(4))).toEqual(['B', 'A', 'D', 'C']);
		expect(ids(await (await stream(COMPLETIONS, { from: BEFORE })).take(4))).toEqual(['A', 'B', 'C', 'D']);
	});

	it('never shows a late event to an open stream with reorder=late-hidden', async () => {
		await switches({ reorder: 'late-hidden' });
		const reader = await stream(LIVE);
		const leakTest = await operationId(sandbox, 'PROC-050', 'A');
		for (const order of ['A', 'B', 'C', 'D']) {
			await save(sandbox, leakTest, order);
			await complete(order);
		}
		expect(ids(await reader.take(2))).toEqual(['B', 'D']);
		expect(ids(await (await stream(COMPLETIONS, { from: BEFORE })).take(4))).toEqual(['A', 'B', 'C', 'D']);
	});

	it('puts a completion with an earlier time into its place for replays', async () => {
		const leakTest = await operationId(sandbox, 'PROC-050', 'A');
		for (const [order, at] of [
			['NEW', '2026-03-02T00:00:00Z'],
			['OLD', '2026-03-01T00:00:00Z'],
		]) {
			await save(sandbox, leakTest, order);
			await complete(order, at);
		}
		expect(ids(await (await stream(COMPLETIONS, { from: BEFORE })).take(2))).toEqual(['OLD', 'NEW']);
	});

	it('holds new events back for delayMs', async () => {
		await switches({ delayMs: 400 });
		const reader = await stream(LIVE);
		const before = Date.now();
		await sentinel();
		await reader.take(1);
		expect(Date.now() - before).toBeGreaterThanOrEqual(390);
	});
});
