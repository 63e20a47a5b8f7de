import type { IDataObject } from 'n8n-workflow';

import { Pico } from '../../nodes/Pico/Pico.node.ts';
import { usePico } from '../kit/usePico.mts';
import { choices, namesOf, shownFor } from './description.mts';
import { fences, firstColumn, sections } from './markdown.mts';

const FILE = 'docs/operations.md';

const { properties } = new Pico().description;
const resources = choices(properties.find(({ name }) => name === 'resource'));

const operations = resources.flatMap((resource) => {
	const dropdown = properties.find(({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.resource?.includes(resource.value as string));
	return choices(dropdown).map((operation) => ({
		title: `${resource.name} > ${operation.name}`,
		parameters: namesOf(shownFor(properties, { resource: resource.value as string, operation: operation.value as string })),
	}));
});

const documented = new Map(sections(FILE).map(({ path, text }) => [path.join(' > '), text]));

describe('docs/operations.md', () => {
	const pico = usePico();

	it('has a section for each operation and no other', () => {
		const found = [...documented.keys()].filter((title) => title.includes(' > '));
		expect(found.sort()).toEqual(operations.map(({ title }) => title).sort());
	});

	it.each(operations)('lists the parameters of $title as the editor shows them', ({ title, parameters }) => {
		expect(firstColumn(documented.get(title) ?? '', 'Parameter').sort()).toEqual([...parameters].sort());
	});

	it('shows what a fresh sandbox answers', async () => {
		await pico.post('reset', { seed: 1 });
		await pico.post('clock', { now: '2026-01-05T14:00:00Z', freeze: true });
		const order = { externalOrderId: 'MO-00041', partNumber: 'PROC-080' };
		await pico.run('operationOrder', 'save', { operationId: { __rl: true, mode: 'partNumber', value: order.partNumber }, orderId: order.externalOrderId });
		await pico.post('orders/start', order);
		await pico.post('clock', { advanceMs: 18 * 60_000 });
		await pico.post('orders/complete', {
			...order,
			producedSerial: 'VALVE-0041',
			consumedSerials: [
				{ externalId: 'SPR-22', value: 'LOT-7' },
				{ externalId: 'SEAL-9', value: 'LOT-31' },
			],
		});
		await pico.post('notes/add', { text: 'Seal had a scratch, replaced' });

		const blocks = [...documented.values()].flatMap((text) => fences(text, 'json')).map((text) => JSON.parse(text) as unknown);
		expect(blocks.length).toBeGreaterThan(20);
		for (let index = 0; index < blocks.length; index += 2) {
			const { resource, operation, ...parameters } = blocks[index] as IDataObject & { resource: string; operation: string };
			const patient = resource === 'completion' || resource === 'note';
			const run = await pico.run(resource, operation, { ...parameters, ...(patient ? { options: { ...(parameters.options as IDataObject), idleTimeout: 0.5 } } : {}) });
			expect(run.error).toBeUndefined();
			expect({ resource, operation, items: run.json }).toMatchObject({ resource, operation, items: blocks[index + 1] as IDataObject[] });
		}
	});
});
