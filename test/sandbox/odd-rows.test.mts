import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { SseReader, ask, COMPLETIONS } from './client.mts';

let sandbox: SandboxProcess;
const readers: Array<SseReader<unknown>> = [];
const START = '2026-02-01T00:00:00Z';
const BEFORE = '2026-01-31T00:00:00Z';
const NULL_ELEMENT = 'the requested element is null which the schema does not allow';

async function stream(document: string, variables?: object): Promise<SseReader<unknown>> {
	const reader = await SseReader.open<unknown>(sandbox, document, variables);
	readers.push(reader);
	return reader;
}
const results = (reader: SseReader<unknown>) => reader.frames.flatMap((frame) => /^data: (.+)$/m.exec(frame)?.[1] ?? []).map((text) => JSON.parse(text) as unknown);
const bulk = async (body: object) => await sandbox.control('POST', 'completions/bulk', { startAt: START, ...body });
const without = COMPLETIONS.replace(/operation\s*\{[^}]*\}/, '');

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(() => sandbox.close());
afterEach(async () => {
	for (const reader of readers.splice(0)) reader.close();
	await sandbox.control('POST', 'reset');
});

describe('a row that cannot be resolved', () => {
	const ASKED = `subscription { operationOrderCompletesStream(cursor: { initialValue: { at: "${BEFORE}" } } batchSize: 5) { externalOrderId operation { id } } }`;

	it('empties its frame as gqlgen does, and the stream goes on; without the field that is named it comes', async () => {
		await bulk({ count: 10, unresolvedEvery: 4 });
		const reader = await stream(ASKED);
		await reader.until(() => results(reader).length === 2);
		const error = (index: number) => ({ message: NULL_ELEMENT, path: ['operationOrderCompletesStream', index, 'operation'] });
		expect(results(reader)).toEqual([
			{ data: null, errors: [error(3)] },
			{ data: null, errors: [error(2)] },
		]);
		const bare = await stream(ASKED.replace(' operation { id }', ''));
		expect(await bare.take(10)).toHaveLength(10);
	});

	it('is null in its place with the switch null-field', async () => {
		await sandbox.control('POST', 'switches', { unresolvedRow: 'null-field' });
		await bulk({ count: 4, unresolvedEvery: 4 });
		const reader = await stream(ASKED);
		expect(await reader.take(4)).toEqual(expect.arrayContaining([{ externalOrderId: 'BULK-4', operation: null }]));
	});

	it('costs its frame whatever is asked for when the row as a whole is gone', async () => {
		await bulk({ count: 2, unresolvedEvery: 2, unresolvedField: '' });
		const reader = await stream(ASKED.replace('5', '1'));
		await reader.until(() => results(reader).length === 2);
		expect(results(reader)[1]).toEqual({ data: null, errors: [{ message: NULL_ELEMENT, path: ['operationOrderCompletesStream', 0] }] });
	});
});

it('raw rows leave exactly as they were given, in their place', async () => {
	const deep = `${'{"deep":'.repeat(6_000)}1${'}'.repeat(6_000)}`;
	const given = ['{"at":7,"__proto__":"x","lone":"\\ud800","nul":"\\u0000"}', '[[]]', '"text"', 'null', deep];
	await bulk({ count: 1 });
	await sandbox.control('POST', 'rows/raw', { rows: given, startAt: '2026-02-02T00:00:00Z' });
	const reader = await stream(COMPLETIONS, { from: BEFORE, batch: 100 });
	await reader.until(() => reader.raw.includes(`,${given.join(',')}]`));
});

it('without a cursor argument a stream sends nothing of the past', async () => {
	await sandbox.control('POST', 'switches', { streamCursor: 'off' });
	await bulk({ count: 3 });
	const { body } = await ask(sandbox, without, { from: BEFORE });
	expect(body.errors?.[0].message).toContain('Unknown argument "cursor"');
	const reader = await stream('subscription { operationOrderCompletesStream(batchSize: 100) { externalOrderId } }');
	await bulk({ count: 1, orderPrefix: 'LIVE' });
	expect(await reader.take(1)).toEqual([{ externalOrderId: 'LIVE-1' }]);
});

it('the Date header follows the clock of the plant, or is left out', async () => {
	await sandbox.control('POST', 'switches', { dateHeader: 'plant' });
	await sandbox.control('POST', 'clock', { now: '2031-05-06T07:08:09Z', freeze: true });
	expect((await ask(sandbox, '{ __typename }')).headers.get('date')).toBe('Tue, 06 May 2031 07:08:09 GMT');
	await sandbox.control('POST', 'switches', { dateHeader: 'none' });
	expect((await ask(sandbox, '{ __typename }')).headers.get('date')).toBeNull();
});
