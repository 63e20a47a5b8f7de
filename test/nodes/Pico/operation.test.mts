import type { IDataObject } from 'n8n-workflow';

import { byId, byPart, SERVERS, usePico } from '../../kit/usePico.mts';

const pico = usePico();
const getAll = async (filters: IDataObject = {}, more: IDataObject = {}) =>
	await pico.run('operation', 'getAll', { filters, returnAll: true, ...more });

describe('Operation: Get Many', () => {
	it('gives one simplified item for each operation that is not archived, paired with its input', async () => {
		const run = await getAll();
		expect(run.error).toBeUndefined();
		expect(run.json.length).toBeGreaterThan(10);
		expect(run.json.every((row) => row.archived === false)).toBe(true);
		expect(run.json.find((row) => row.partNumber === 'PUMP-100')).toMatchObject({
			revision: 'B',
			name: 'Coolant Pump 230 V',
			expectedSerials: expect.arrayContaining([expect.objectContaining({ partNumber: 'MOTOR-110' })]),
		});
		expect(run.items.every((item) => (item.pairedItem as { item: number }).item === 0)).toBe(true);
	});

	it('returns archived ones only when asked', async () => {
		expect((await getAll({ partNumber: 'PUMP-090' })).json).toEqual([]);
		const [row] = (await getAll({ partNumber: 'PUMP-090', includeArchived: true })).json;
		expect(row).toMatchObject({ partNumber: 'PUMP-090', archived: true });
	});

	it('stops at the limit, 50 unless told otherwise', async () => {
		await pico.post('operations/bulk', { count: 60 });
		expect((await pico.run('operation', 'getAll')).json).toHaveLength(50);
		expect((await pico.run('operation', 'getAll', { limit: 3 })).json).toHaveLength(3);
		expect((await getAll()).json.length).toBeGreaterThan(60);
	});

	it('filters by part number, revision and name in any case', async () => {
		expect((await getAll({ partNumber: 'VALVE-200' })).json).toHaveLength(2);
		expect((await getAll({ partNumber: 'VALVE-200', revision: 'A' })).json).toHaveLength(1);
		expect((await getAll({ name: 'coolant PUMP' })).json.map((row) => row.partNumber)).toEqual(['PUMP-100', 'PUMP-101']);
	});

	it('filters by time to the nanosecond', async () => {
		await pico.reset({ timePrecision: 'ns' });
		const all = (await getAll()).json.map((row) => String(row.updatedAt)).sort();
		const [middle, next] = [all[5], all[6]];
		const later = (await getAll({ updatedAfter: middle })).json.map((row) => row.updatedAt).sort();
		expect(later[0]).toBe(next);
		expect(later).toHaveLength(all.length - 6);
	});

	it('leaves the filtering to a server that knows the filter', async () => {
		await getAll({ partNumber: 'PUMP-100', updatedAfter: '2026-01-01T00:00:00Z' });
		const [{ document }] = await pico.calls();
		expect(document).toContain('externalId: { _eq: "PUMP-100" }');
		expect(document).toContain('updatedAt: { _gt: "2026-01-01T00:00:00Z" }');
	});

	it('gives full rows, or only selected fields, under the names of Pico', async () => {
		const [full] = (await getAll({ partNumber: 'PUMP-100' }, { output: 'raw' })).json;
		expect(full).toMatchObject({ externalId: 'PUMP-100', externalRevision: 'B', variantName: '230 V' });
		const [few] = (await getAll({ partNumber: 'PUMP-100' }, { output: 'fields', fields: ['externalId', 'variantName'] })).json;
		expect(few).toEqual({ id: expect.any(String) as string, externalId: 'PUMP-100', externalRevision: 'B', updatedAt: expect.any(String) as string, variantName: '230 V' });
	});

	it('reads dates without a zone in the time zone of the workflow', async () => {
		await getAll({ updatedAfter: '2026-01-05T09:00:00' });
		expect((await pico.calls())[0].document).toContain('_gt: "2026-01-05T08:00:00.000Z"');
	});

	it('keeps the order of the items although they run side by side', async () => {
		await pico.set({ latencyMs: 15 });
		const parts = ['PUMP-100', 'PUMP-101', 'MOTOR-110', 'HOUSING-120', 'PROC-010', 'PROC-020', 'PROC-030'];
		const run = await pico.run(
			'operation',
			'getAll',
			{ filters: { partNumber: '={{ $json.part }}' } },
			{ items: parts.map((part) => ({ part })) },
		);
		expect(run.json.map((row) => row.partNumber)).toEqual(parts);
		expect(run.items.map((item) => (item.pairedItem as { item: number }).item)).toEqual([0, 1, 2, 3, 4, 5, 6]);
	});
});

describe.each(SERVERS)('on a $profile server with introspection $introspection', (server) => {
	beforeEach(async () => await pico.reset(server));

	it('finds by part number, gets by ID and reads the structure', async () => {
		const [pump] = (await getAll({ partNumber: 'PUMP-100' })).json;
		expect(pump).toMatchObject({ partNumber: 'PUMP-100' });
		const [same] = (await pico.run('operation', 'get', byId(String(pump.operationId)))).json;
		expect(same).toEqual(pump);
		const run = await pico.run('operation', 'getStructure', byPart('PUMP-100'));
		expect(run.error).toBeUndefined();
		expect((run.json[0].steps as IDataObject[]).map((step) => step.index)).toEqual([0, 1, 2, 3, 4]);
	});
});

describe('Operation: Get', () => {
	it('gets by part number with revision', async () => {
		const [row] = (await pico.run('operation', 'get', byPart('VALVE-200', 'B'))).json;
		expect(row).toMatchObject({ partNumber: 'VALVE-200', revision: 'B' });
	});

	it('prefers the revision in use to an archived one', async () => {
		await pico.post('operations/deploy', { partNumber: 'PUMP-090', revision: 'C', name: 'Coolant Pump, second series' });
		const [row] = (await pico.run('operation', 'get', byPart('PUMP-090'))).json;
		expect(row).toMatchObject({ revision: 'C', archived: false });
	});

	it('looks the part numbers of all items up with one query', async () => {
		const items = ['PUMP-100', 'PUMP-101', 'PUMP-100', 'MOTOR-110'].map((part) => ({ part }));
		const run = await pico.run('operation', 'get', byPart('={{ $json.part }}'), { items });
		expect(run.json.map((row) => row.partNumber)).toEqual(['PUMP-100', 'PUMP-101', 'PUMP-100', 'MOTOR-110']);
		const lookups = (await pico.calls()).filter(({ document }) => document.includes('_in'));
		expect(lookups).toHaveLength(1);
	});

	it('says so when there is no operation of that ID', async () => {
		const run = await pico.run('operation', 'get', byId('nowhere'));
		expect(run.error?.message).toBe("'Pico Operation': Pico has no operation with the ID 'nowhere' [Item 0]");
	});
});

describe('Operation: Get Structure', () => {
	const structure = async (more: IDataObject = {}) => await pico.run('operation', 'getStructure', { ...byPart('PUMP-100'), ...more });
	const stepsOf = (node: IDataObject) => node.steps as Array<{ index: number; parallel: boolean; operations: IDataObject[] }>;

	it('gives routing steps in order, parallel ones together, with expected serials', async () => {
		const [root] = (await structure()).json;
		expect(root).toMatchObject({ partNumber: 'PUMP-100', warnings: [] });
		const [first, second] = stepsOf(root);
		expect(first).toMatchObject({ index: 0, parallel: true });
		expect(first.operations.map((node) => node.partNumber).sort()).toEqual(['HOUSING-120', 'MOTOR-110']);
		expect(second).toMatchObject({ index: 1, parallel: false, operations: [{ partNumber: 'PROC-040' }] });
		const motor = first.operations.find((node) => node.partNumber === 'MOTOR-110');
		expect(motor?.expectedSerials).toHaveLength(2);
		expect(stepsOf(motor ?? {})[0]).toMatchObject({ parallel: true });
	});

	it('gives flat rows with level and path, parents first', async () => {
		const rows = (await structure({ format: 'flat' })).json;
		expect(rows[0]).toMatchObject({ level: 0, path: 'PUMP-100', parentId: null });
		const press = rows.find((row) => row.partNumber === 'PROC-010');
		expect(press).toMatchObject({ level: 2, path: 'PUMP-100 > MOTOR-110 > PROC-010', step: 0, parallel: true });
		expect(rows.findIndex((row) => row.partNumber === 'MOTOR-110')).toBeLessThan(rows.indexOf(press ?? {}));
	});

	it('has an output: simplified rows are short, raw ones are as Pico names them, selected ones say which operation', async () => {
		const [row] = (await structure({ format: 'flat' })).json;
		expect(Object.keys(row).length).toBeLessThanOrEqual(10);
		const raw = (await structure({ format: 'flat', output: 'raw' })).json;
		expect(raw[0]).toMatchObject({ level: 0, path: 'PUMP-100', externalId: 'PUMP-100', externalRevision: 'B', archivedAt: null });
		expect(raw[1].pathIds).toEqual([raw[0].id, raw[1].id]);
		const [tree] = (await structure({ output: 'raw' })).json;
		expect(stepsOf(tree)[0].operations.map((node) => node.externalId).sort()).toEqual(['HOUSING-120', 'MOTOR-110']);
		const [few] = (await structure({ output: 'fields', fields: ['name'] })).json;
		expect(few).toMatchObject({ id: raw[0].id, externalId: 'PUMP-100', name: raw[0].name });
		expect(few).not.toHaveProperty('consumedSerials');
	});

	it('asks Pico once, whatever the depth and the number of items', async () => {
		await pico.run('operation', 'getStructure', byPart('={{ $json.part }}'), {
			items: [{ part: 'PUMP-100' }, { part: 'PUMP-101' }, { part: 'MOTOR-110' }],
		});
		expect((await pico.calls()).length).toBe(2);
	});

	it('reports a cycle and a missing child instead of running for ever', async () => {
		await pico.post('structure/change', { parentPartNumber: 'MOTOR-110', childPartNumber: 'PUMP-100' });
		await pico.post('structure/change', { parentPartNumber: 'MOTOR-110', childId: 'gone' });
		const [root] = (await structure()).json;
		expect(root.warnings).toEqual([
			expect.stringMatching(/^'PUMP-100' \(ID .*\) contains itself, through 'MOTOR-110'/),
			expect.stringMatching(/^'MOTOR-110' \(ID .*\) has the step gone, which Pico does not list/),
		]);
		const run = await structure({ format: 'flat' });
		expect(run.json.filter((row) => row.stop === 'cycle')).toHaveLength(1);
		expect(run.json.filter((row) => row.stop === 'missing')).toHaveLength(1);
		expect(run.hints).toHaveLength(2);
	});

	it('cuts a structure short that unfolds without bounds', async () => {
		// Each level holds the next one three times: 3^12 places for 13 operations.
		for (let level = 0; level <= 12; level++) await pico.post('operations/deploy', { partNumber: `L-${level}`, name: `Level ${level}` });
		for (let level = 0; level < 12; level++) {
			for (const childIndex of [0, 1, 2]) {
				await pico.post('structure/change', { parentPartNumber: `L-${level}`, childPartNumber: `L-${level + 1}`, childIndex });
			}
		}
		const run = await pico.run('operation', 'getStructure', { ...byPart('L-0'), format: 'flat' });
		expect(run.json.length).toBeLessThanOrEqual(10_000);
		expect(run.hints[0].message).toContain('more than 10000 places');
	});
});
