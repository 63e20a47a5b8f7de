import type { IDataObject } from 'n8n-workflow';

import { forgetGenerations } from '../../nodes/shared/api/generation.ts';
import { DIALECTS, type DialectName, type Double } from './double.mts';
import { go, partOf, seedPlant } from './go.mts';

const HOW: Record<string, string> = {
	answer: 'yes',
	erp_sync: 'yes, confirmed by the ERP sync',
	row: 'yes, one call for each record',
	external_key: 'yes, read back by external key',
	list: 'yes, counted and read back from the list',
	sync: 'yes, each record once more alone',
};

const RECORDS: Record<string, { item: (index: number) => IDataObject; number: string; change: IDataObject }> = {
	cell: { item: (index) => ({ external_id: `C-${index}`, name: `Cell ${index}`, sequence: 200 + index }), number: 'Cell 0', change: { color: '#ff0000' } },
	job: { item: (index) => ({ external_id: `J-${index}`, job_number: `JN-${index}` }), number: 'JN-0', change: { customer: 'Other' } },
	operation: {
		item: (index) => ({ external_id: `O-${index}`, operation_name: `Step ${index}`, part_external_id: 'P-0', cell_name: 'Laser 9', sequence: index + 1, estimated_time: 5 }),
		number: 'Step 0',
		change: { notes: 'changed' },
	},
	part: { item: (index) => partOf(index + 10), number: 'PN-10', change: { material: 'Brass' } },
	resource: { item: (index) => ({ external_id: `R-${index}`, name: `Tool ${index}`, type: 'tooling' }), number: 'Tool 0', change: { location: 'Hall 2' } },
};

/** What every operation does in one generation, as it came out. */
async function column(double: Double, dialect: DialectName): Promise<Map<string, string>> {
	const cells = new Map<string, string>();
	const note = (row: string, run: Awaited<ReturnType<typeof go>>, good: string) => cells.set(row, run.error ? `no: ${run.error.message}` : good);
	forgetGenerations();
	await double.reset(dialect);
	await seedPlant(double, 1);
	for (const [name, { item, number, change }] of Object.entries(RECORDS)) {
		const title = name[0].toUpperCase() + name.slice(1);
		const record = { record: { mode: 'number', value: number } };
		const sync = await go(double, name, 'sync', [item(0)]);
		note(`${title}: Sync`, sync, sync.json[0]?.id ? 'yes' : 'no ID');
		const bulk = await go(double, name, 'bulkSync', [item(1), item(2), item(3)]);
		note(`${title}: Bulk Sync`, bulk, bulk.json.every(({ id }) => id) ? HOW[String(bulk.json[0].confirmed_by)] : 'not confirmed');
		const many = await go(double, name, 'getAll', [{}], { returnAll: true });
		note(`${title}: Get Many`, many, many.json.length >= 4 ? 'yes' : `only ${many.json.length}`);
		const one = await go(double, name, 'get', [{}], record);
		note(`${title}: Get`, one, one.json[0]?.id === sync.json[0]?.id ? 'yes' : 'another record');
		const update = await go(double, name, 'update', [change], record);
		const [field, value] = Object.entries(change)[0];
		const changed = (await double.records(`${name}s`)).some((row) => row.id === sync.json[0]?.id && row[field] === value);
		note(`${title}: Update`, update, changed ? 'yes' : 'nothing changed');
		if (name === 'operation') {
			const started = await go(double, name, 'start', [{}], record);
			note('Operation: Start, Pause, Resume, Complete', started, started.json[0]?.status === 'in_progress' ? 'yes' : 'no effect');
			const reported = await go(double, name, 'reportQuantity', [{}], { ...record, good: 3, scrap: 1 });
			note('Operation: Report Quantity', reported, reported.json[0]?.quantity_good === 3 ? 'yes' : 'no effect');
			const quantities = await go(double, 'quantity', 'getAll', [{}], { returnAll: true });
			note('Quantity: Get Many', quantities, quantities.json[0]?.scrap === 1 ? 'yes' : 'not found');
			const times = await go(double, 'timeEntry', 'getAll', [{}], { returnAll: true });
			note('Time Entry: Get Many', times, 'yes');
			const createdBy = String((await double.records('profiles'))[0].id);
			const issue = await go(double, 'issue', 'create', [{}], { ...record, title: 'T', description: 'D', severity: 'low', createdBy });
			note('Issue: Create', issue, issue.json[0]?.id ? 'yes' : 'no ID');
			const issues = await go(double, 'issue', 'getAll', [{}], { returnAll: true });
			note('Issue: Get Many', issues, issues.json[0]?.title === 'T' ? 'yes' : 'not found');
			await double.control('POST', 'records/delete', { table: 'issues', id: issue.json[0]?.id, hard: true });
			await double.control('POST', 'records/delete', { table: 'operation_quantities', id: reported.json[0]?.id, hard: true });
			for (const { id } of await double.records('time_entries')) await double.control('POST', 'records/delete', { table: 'time_entries', id, hard: true });
		}
		if (name === 'job') {
			const parts = [{ part_number: 'NESTED', material: 'S', quantity: 1, operations: [{ operation_name: 'Cut', cell_name: 'Machining', sequence: 1, estimated_time: 1 }] }];
			const nested = await go(double, name, 'create', [{ job_number: 'NESTED' }], { parts, fields: { mappingMode: 'defineBelow', value: { job_number: 'NESTED' } } });
			note('Job: Create With Parts and Operations', nested, nested.json[0]?.id ? 'yes' : 'no ID');
		}
		const gone = await go(double, name, 'delete', [{}], record);
		const left = (await double.records(`${name}s`)).find(({ id }) => id === sync.json[0]?.id);
		note(`${title}: Delete`, gone, left === undefined ? 'yes, for good' : left.deleted_at ? 'yes, the key stays taken' : 'no effect');
	}
	const preview = await go(double, 'erpSync', 'preview', [partOf(0), partOf(40)], { entity: 'part' });
	note('ERP Sync: Preview', preview, preview.json.map(({ status }) => status).join() === 'unchanged,create' ? 'yes' : preview.json.map(({ status }) => status).join());
	const jobs = await go(double, 'erpSync', 'preview', [{ external_id: 'SO-1', job_number: 'N-1', customer: 'Acme' }], { entity: 'job' });
	note('ERP Sync: Preview of jobs', jobs, jobs.json[0]?.status === 'create' ? 'finds no job' : 'yes');
	const erp = await go(double, 'erpSync', 'sync', [partOf(0), partOf(40)], { entity: 'part' });
	note('ERP Sync: Sync', erp, erp.json.map(({ action }) => action).join() === 'skipped,created' ? 'yes, skips unchanged' : erp.json.map(({ action }) => action).join());
	const fresh = await go(double, 'erpSync', 'sync', [{ external_id: 'ERP-J', job_number: 'ERP-J' }], { entity: 'job' });
	note('ERP Sync: Sync of new jobs', fresh, fresh.json[0]?.confirmed_by === 'answer' ? 'yes' : 'yes, by Bulk Sync');
	const call = await go(double, 'customCall', 'send', [{}], { method: 'GET', path: 'api-materials' });
	note('Custom Call', call, 'yes');
	const parents = await go(double, 'part', 'bulkSync', [partOf(50, { job_number: '', job_external_id: 'SO-1' })]);
	note('Parent job by external ID', parents, parents.json[0]?.id ? 'yes' : 'no');
	return cells;
}

/** Operations by generations, as rows of a Markdown table. */
export async function operationsTable(double: Double): Promise<string[]> {
	const columns = new Map<DialectName, Map<string, string>>();
	for (const dialect of DIALECTS) columns.set(dialect, await column(double, dialect));
	const [first] = columns.values();
	return [...first.keys()].map((row) => `| ${row} | ${DIALECTS.map((dialect) => columns.get(dialect)?.get(row)).join(' | ')} |`);
}
