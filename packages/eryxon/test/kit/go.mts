import type { IDataObject } from 'n8n-workflow';

import type { Double } from './double.mts';
import { runNode, type NodeRun, type NodeRunOptions } from './runNode.mts';

/** Runs one operation with automatic mapping of the input items. */
export async function go(
	double: Double,
	resource: string,
	operation: string,
	items: IDataObject[],
	parameters: IDataObject = {},
	options: Partial<NodeRunOptions> = {},
): Promise<NodeRun> {
	return await runNode({
		credential: double.access,
		parameters: { resource, operation, fields: { mappingMode: 'autoMapInputData', value: null }, ...parameters } as IDataObject,
		items,
		...options,
	});
}

/** A job, a cell and parts to build on; returns their IDs. */
export async function seedPlant(double: Double, parts = 0): Promise<{ jobId: string; cellId: string }> {
	const job = await go(double, 'job', 'sync', [{ external_id: 'SO-1', job_number: 'N-1', customer: 'Acme' }]);
	const cell = await go(double, 'cell', 'sync', [{ external_id: 'WC-1', name: 'Laser 9', sequence: 91 }]);
	if (job.error || cell.error) throw job.error ?? cell.error;
	const jobId = String(job.json[0].id);
	if (parts > 0) {
		const made = await go(double, 'part', 'bulkSync', Array.from({ length: parts }, (_, index) => partOf(index)));
		if (made.error) throw made.error;
	}
	return { jobId, cellId: String(cell.json[0].id) };
}

export const partOf = (index: number, more: IDataObject = {}): IDataObject => ({
	external_id: `P-${index}`,
	part_number: `PN-${index}`,
	job_number: 'N-1',
	material: 'Steel',
	quantity: 2,
	...more,
});

export const pathsOf = async (double: Double): Promise<string[]> =>
	(await double.calls()).map(({ method, path }) => `${method} ${path.replace('/functions/v1/', '')}`);
