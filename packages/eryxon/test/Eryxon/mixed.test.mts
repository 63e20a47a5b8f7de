import type { IDataObject } from 'n8n-workflow';

import { DIALECTS } from '../kit/double.mts';
import { go, partOf, seedPlant } from '../kit/go.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();

const good: Record<string, (index: number) => IDataObject> = {
	cell: (index) => ({ external_id: `K-${index}`, name: `Cell ${index}`, sequence: 300 + index }),
	job: (index) => ({ external_id: `K-${index}`, job_number: `JN-${index}` }),
	operation: (index) => ({ external_id: `K-${index}`, operation_name: `Step ${index}`, part_external_id: `P-${index % 4}`, cell_name: 'Laser 9', sequence: 1 + index, estimated_time: 5 }),
	part: (index) => partOf(index + 100, { external_id: `K-${index}` }),
	resource: (index) => ({ external_id: `K-${index}`, name: `Tool ${index}`, type: 'tooling' }),
};

/** What the server itself has to refuse, since nothing in the record is wrong by itself. */
const bad: Record<string, IDataObject> = {
	cell: { name: '' },
	job: { job_number: 'JN-3' },
	operation: { operation_name: '' },
	part: { part_number: 'PN-103' },
	resource: { name: '' },
};

describe.each(DIALECTS)('in %s', (dialect) => {
	it.each(Object.keys(good))('Bulk Sync stores every good %s of a batch and names the one that Eryxon refuses', async (name) => {
		await double().reset(dialect);
		await seedPlant(double(), 4);
		const items = Array.from({ length: 34 }, (_, index) => ({ ...good[name](index), ...(index === 20 ? bad[name] : {}) }));
		const run = await go(double(), name, 'bulkSync', items);
		expect(run.error).toBeUndefined();
		expect(run.json.map(({ external_id: key }) => key)).toEqual(items.map(({ external_id: key }) => key));
		expect(run.json.flatMap(({ action }, index) => (action === 'error' ? [index] : []))).toEqual([20]);
		expect((run.json[20].error as { message: string }).message).toMatch(/\[Item 20\]$/);
		const stored = new Map((await double().records(`${name}s`)).map((row) => [row.external_id, row.id]));
		for (const { action, external_id: key, id } of run.json) if (action !== 'error') expect(stored.get(key as string)).toBe(id);
		expect(stored.has('K-20')).toBe(false);
	});
});
