import { apiAddress } from '../../nodes/shared/core/address.ts';
import { readBulk, readPage, readRow, readSynced, reasonOf } from '../../nodes/shared/core/answers.ts';
import { chunksByLength, chunksOf, roundsOf } from '../../nodes/shared/core/chunk.ts';
import { columnsOf, matchColumns } from '../../nodes/shared/core/columns.ts';
import { generationOf } from '../../nodes/shared/core/dialect.ts';
import { ENTITIES } from '../../nodes/shared/core/entities/index.ts';
import { contentHash, sorted } from '../../nodes/shared/core/identity.ts';
import { exactly, only, planParents } from '../../nodes/shared/core/parents.ts';
import { payloadOf, RecordReader } from '../../nodes/shared/core/record.ts';

const reader = (name: keyof typeof ENTITIES, more = {}) =>
	new RecordReader(ENTITIES[name], { externalSource: 'ERP', zone: 'Europe/Berlin', empty: 'leaveOut', keyed: true, ...more });

describe('chunks and rounds', () => {
	it('cut 2,050 records into calls of 1,000, in order', () => {
		const chunks = chunksOf(Array.from({ length: 2050 }, (_, index) => index), 1000);
		expect(chunks.map(({ length }) => length)).toEqual([1000, 1000, 50]);
		expect(chunks.flat()[2049]).toBe(2049);
	});

	it('keep the keys of one call short', () => {
		const chunks = chunksByLength(['aaaa', 'bbbb', 'c', 'ä'.repeat(5)], (text) => text, 3, 11);
		expect(chunks).toEqual([['aaaa', 'bbbb'], ['c'], ['äääää']]);
		expect(chunksByLength(['a', 'b', 'c', 'd'], (text) => text, 3, 100)).toEqual([['a', 'b', 'c'], ['d']]);
	});

	it('put parents first, and the later of two records with one key later', () => {
		const records = [
			{ key: 'child', after: ['parent'] },
			{ key: 'parent', after: [] },
			{ key: 'free', after: [] },
			{ key: 'free', after: [] },
		];
		expect(roundsOf(records)).toEqual({ rounds: [[1, 2], [0, 3]], circular: [] });
	});

	it('name records that wait for each other', () => {
		const { rounds, circular } = roundsOf([
			{ key: 'a', after: ['b'] },
			{ key: 'b', after: ['a'] },
			{ key: 'c', after: [] },
		]);
		expect(circular).toEqual([0, 1]);
		expect(rounds).toEqual([[2]]);
	});
});

describe('columns', () => {
	it("take the vendor's CSV names in any spelling, and names from a spreadsheet", () => {
		const columns = columnsOf(ENTITIES.operation);
		const { values, unknown } = matchColumns(columns, {
			'Operation Name': 'Cut',
			PART_EXTERNAL_ID: 'P1',
			'cell-name': 'Laser',
			estimated_time_minutes: '5',
			Colour: 'red',
			synced_at: 'x',
		});
		expect(Object.fromEntries(values)).toEqual({ operation_name: 'Cut', part_external_id: 'P1', cell_name: 'Laser', estimated_time: '5' });
		expect(unknown).toEqual(['Colour']);
	});

	it.each([
		['job', ['job_number', 'customer', 'due_date', 'priority', 'notes', 'external_id', 'external_source']],
		['part', ['part_number', 'job_external_id', 'material', 'quantity', 'notes', 'external_id', 'external_source']],
		['operation', ['operation_name', 'part_external_id', 'cell_name', 'sequence', 'estimated_time_minutes', 'notes']],
		['cell', ['name', 'color', 'sequence', 'active', 'capacity_hours_per_day', 'wip_limit']],
		['resource', ['name', 'type', 'description', 'identifier', 'location', 'status']],
	] as const)("know every column of the vendor's import of %ss", (name, headings) => {
		const input = Object.fromEntries(headings.map((heading) => [heading, 'x']));
		expect(matchColumns(columnsOf(ENTITIES[name]), input).unknown).toEqual([]);
	});
});

describe('records', () => {
	it('read numbers, booleans, dates, JSON and lists from text', () => {
		const { values } = reader('part').read({ external_id: 7, quantity: ' 3 ', is_bullet_card: 'Yes', metadata: '{"a":1}', file_paths: 'a.pdf, b.pdf', material: '' });
		expect(values).toEqual({ quantity: 3, is_bullet_card: true, metadata: { a: 1 }, file_paths: ['a.pdf', 'b.pdf'] });
		expect(reader('job').read({ external_id: 'J', due_date: '2026-03-01' }).values).toEqual({ due_date: '2026-03-01' });
		expect(reader('job').read({ external_id: 'J', due_date: '2026-03-01 10:00' }).values).toEqual({ due_date: '2026-03-01T09:00:00.000Z' });
	});

	it('clear a field on request', () => {
		expect(reader('job', { empty: 'clear' }).read({ external_id: 'J', notes: '' }).values).toEqual({ notes: null });
	});

	it.each([
		[{ part_number: 'x' }, "'external_id' is missing"],
		[{ external_id: 'P', quantity: 'many' }, "'quantity' is many"],
		[{ external_id: 'P', quantity: 1.5 }, "'quantity' is 1.5"],
		[{ external_id: 'P', quantity: 0 }, "'quantity' is 0"],
		[{ external_id: 'P', status: 'paused' }, "'status' is paused"],
		[{ external_id: 'P', metadata: '[1]' }, "'metadata' is [1]"],
		[{ external_id: 'P', job_id: 'SO-1' }, "'job_id' is SO-1, which is not an Eryxon ID"],
	])('refuse %j', (input, message) => {
		expect(() => reader('part').read(input)).toThrow(message);
	});

	it('need the name of the ERP', () => {
		expect(() => reader('part', { externalSource: '' }).read({ external_id: 'P' })).toThrow("'external_source' is missing");
		expect(reader('part', { externalSource: '' }).read({ external_id: 'P', external_source: 'SAP' }).externalSource).toBe('SAP');
	});

	it('leave out what a generation cannot store', () => {
		const record = reader('job').read({ external_id: 'J', job_number: '1', priority: '5' });
		expect(payloadOf(ENTITIES.job, record, {}, 'documented').payload).toHaveProperty('priority', 5);
		expect(payloadOf(ENTITIES.job, record, {}, 'strict')).toEqual({
			payload: { external_id: 'J', external_source: 'ERP', job_number: '1' },
			left: ['priority'],
		});
	});

	it('have one hash, whatever the order of their fields', () => {
		expect(contentHash({ b: 1, a: { d: 2, c: 3 } })).toBe(contentHash({ a: { c: 3, d: 2 }, b: 1 }));
		expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: 2 }));
		expect(contentHash({ a: 1 })).toMatch(/^[0-9a-f]{32}$/);
		expect(Object.keys(sorted({ b: 1, a: 2, c: undefined }))).toEqual(['a', 'b']);
	});
});

describe('parents', () => {
	it('are planned once each', () => {
		const read = (job: string) => reader('part').read({ external_id: 'P', job_external_id: job });
		const plan = planParents([read('A'), read('A'), read('B')]);
		expect([...(plan.external.get('job')?.values() ?? [])].map(({ externalId }) => externalId)).toEqual(['A', 'B']);
	});

	it('are never guessed', () => {
		const [named] = reader('operation').read({ external_id: 'O', cell_name: 'Laser' }).parents;
		const rows = [
			{ id: '1', name: 'Laser' },
			{ id: '2', name: 'Laser' },
			{ id: '3', name: 'Laser 2' },
		];
		expect(() => only(named, exactly(rows, 'name', 'Laser'))).toThrow("'cell_name' is Laser, which 2 records have: Laser, ID 1; Laser, ID 2");
		expect(only(named, exactly(rows, 'name', 'Laser 2'))).toBe('3');
		expect(() => only(named, exactly(rows, 'name', 'laser'))).toThrow('Eryxon has no such cell');
	});
});

describe('answers', () => {
	it('of lists are read in every shape', () => {
		expect(readPage([{ id: '1' }], { pagination: { total: 4 } })).toEqual({ rows: [{ id: '1' }], total: 4 });
		expect(readPage({ cells: [{ id: '1' }] }, undefined)).toEqual({ rows: [{ id: '1' }] });
		expect(readPage({ jobs: [{ id: '1' }], pagination: { total: 9 } }, undefined)).toEqual({ rows: [{ id: '1' }], total: 9 });
	});

	it('of one record are found under any singular', () => {
		expect(readRow({ time_entrie: { id: '1' } })).toEqual({ id: '1' });
		expect(readRow({ id: '1', name: 'x' })).toEqual({ id: '1', name: 'x' });
		expect(readSynced({ action: 'created', id: '1', external_id: 'x' }, 201)).toEqual({ id: '1', action: 'created' });
		expect(readSynced({ action: 'updated', job: { id: '1' } }, 200)).toEqual({ id: '1', action: 'updated', row: { id: '1' } });
	});

	it('of a bulk are told apart: results, or counters only', () => {
		expect(readBulk({ total: 1, results: [{ external_id: 'A', action: 'error', error: 'no' }] })).toEqual({
			kind: 'listed',
			results: [{ externalId: 'A', result: { action: 'error', reason: 'no' } }],
		});
		expect(readBulk({ results: { created: 1, updated: 0, failed: 1, errors: [{ item: { external_id: 'B' }, error: [{ field: 'x', message: 'bad' }] }] }, total: 2 })).toEqual({
			kind: 'counted',
			created: 1,
			updated: 0,
			failed: 1,
			errors: [{ externalId: 'B', externalSource: undefined, reason: 'x: bad' }],
		});
		expect(readBulk('done')).toBeUndefined();
		expect(reasonOf({})).toBe('not accepted');
	});

	it('tell the generation', async () => {
		expect(generationOf([], async () => true)).toBe('documented');
		expect(await generationOf({ jobs: [] }, async () => true)).toBe('strict');
		expect(await generationOf({ jobs: [] }, async () => false)).toBe('generic');
	});
});

it.each([
	['https://x.supabase.co', 'https://x.supabase.co/functions/v1'],
	['https://x.supabase.co/functions/v1/', 'https://x.supabase.co/functions/v1'],
	[' http://10.0.0.5:54321/ ', 'http://10.0.0.5:54321/functions/v1'],
	['app.eryxon.eu', undefined],
])('the base URL %s leads to %s', (entered, address) => expect(apiAddress(entered)).toBe(address));
