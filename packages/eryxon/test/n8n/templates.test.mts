import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../../../../demo/lib/poll.mts';
import { table } from '../../../../demo/lib/table.mts';
import { readTemplate } from '../../../../demo/lib/workflows.mts';
import { tableRows, updateRows, type WorkflowError } from '../../../../test/n8n/kit/data-tables.mts';
import { itemsOf } from '../../../../test/n8n/kit/runs.mts';
import type { Double } from '../kit/double.mts';
import { Plant } from './plant.mts';
import { FAULTS, sendForm, sheetOfParts } from './sheet.mts';

const FOLDER = join(process.cwd(), 'packages', 'eryxon', 'templates');
const ORDERS = { g1: 'eryxonOrdersG1', g2: 'eryxonOrdersG2', g3: 'eryxonOrdersG3' } as const;
const SHEET = 'eryxonSheet';
const BACK = 'eryxonBack';
const FORM = '/form/b1c5d1a2-7e52-4a53-9d1e-5b8f0c2a9e11';

interface Row {
	order: string;
	status: string | null;
	reason: string | null;
	quantity: number;
}

type Records = Array<Record<string, unknown>>;

/** Records that came from Odoo, by external ID. */
async function fromOdoo(double: Double, kind: string): Promise<Records> {
	return (await double.records(kind)).filter(({ external_source: source }) => source === 'Odoo');
}

describe('the templates in a real n8n', () => {
	const startedAt = Date.now();
	const figures: string[][] = [['what', 'number']];
	let plant: Plant;

	beforeAll(async () => {
		plant = await Plant.build([
			...(['g1', 'g2', 'g3'] as const).map((dialect) => ({ name: 'odoo-orders-to-eryxon', id: ORDERS[dialect], dialect, everySeconds: 3600 })),
			{ name: 'spreadsheet-to-eryxon', id: SHEET, published: true },
			// Longer than a run takes on a busy machine: what is under way must not count as left behind.
			{ name: 'eryxon-completions-to-odoo', id: BACK, everySeconds: 3, settings: { retryAfterMinutes: 0.6 }, published: true },
		]);
	});

	afterAll(async () => {
		console.info(table(figures));
		console.info(`All of it: ${Math.round((Date.now() - startedAt) / 1000)} s`);
		await plant?.close();
	});

	const count = (what: string, number: number | string) => figures.push([what, String(number)]);

	it('have only node types that n8n knows in these versions', async () => {
		const types = (await (await plant.session.file('/types/nodes.json')).json()) as Array<{ name: string; version: number | number[] }>;
		const known = new Set(types.flatMap(({ name, version }) => [version].flat().map((each) => `${name} ${each}`)));
		const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
		expect(files).toHaveLength(3);
		for (const file of files) {
			const used = readTemplate(join(FOLDER, file)).nodes.map(({ type, typeVersion }) => `${type} ${typeVersion}`);
			expect({ file, unknown: used.filter((each) => !known.has(each)) }).toEqual({ file, unknown: [] });
		}
	});

	describe('Odoo manufacturing orders to Eryxon', () => {
		const stored = async (double: Double) => ({
			jobs: await fromOdoo(double, 'jobs'),
			parts: await fromOdoo(double, 'parts'),
			operations: await fromOdoo(double, 'operations'),
		});

		it.each(['g1', 'g2'] as const)('stores a small round in an Eryxon of %s', async (dialect) => {
			if (dialect === 'g2') await plant.odoo.orders('VALVE-300', 2, 4);
			const run = await plant.runByHand(ORDERS[dialect]);
			expect(run.data?.resultData.error?.message).toBeUndefined();
			const { jobs, parts, operations } = await stored(plant.eryxon[dialect]);
			expect([jobs.length, parts.length, operations.length]).toEqual([4, 4, 4]);
			count(`orders stored, ${dialect}`, parts.length);
		});

		it('stores 50 orders with jobs, parts and operations, and tells of the one that is refused', async () => {
			const { odoo } = plant;
			const [shared] = await odoo.orders('PUMP-100', 2, 1);
			const valves = await odoo.orders('VALVE-300', 3, 49);
			const centers = [];
			for (const name of ['Machining', 'Testing', 'Paint shop']) centers.push((await odoo.record('mrp.workcenter', { name })).id);
			for (const [index, { id }] of valves.slice(0, 10).entries()) {
				await odoo.call('mrp.production', 'write', { ids: [id], vals: { origin: index < 2 ? 'SO-SHARED' : `SO-${index}` } });
				for (const center of [0, 1]) {
					const values = { name: ['Mill', 'Test'][center], production_id: id, workcenter_id: centers[center], sequence: 10 * (center + 1), duration_expected: 12.4 };
					await odoo.record('mrp.workorder', values);
				}
			}
			await odoo.record('mrp.workorder', { name: 'Paint', production_id: shared.id, workcenter_id: centers[2] });
			const before = Date.now();
			const run = await plant.runByHand(ORDERS.g3);
			expect(run.data?.resultData.error?.message).toBeUndefined();
			count('orders stored, g3: seconds', ((Date.now() - before) / 1000).toFixed(1));
			count('orders stored, g3: calls of Eryxon', (await plant.eryxon.g3.calls()).length);

			const { jobs, parts, operations } = await stored(plant.eryxon.g3);
			expect([jobs.length, parts.length, operations.length]).toEqual([49, 50, 10 * 2 + 39]);
			const { orders } = await odoo.state();
			for (const part of parts) {
				const order = orders.find(({ name }) => name === part.external_id);
				expect(part).toMatchObject({ quantity: order?.quantity, part_number: `${order?.partNumber} ${order?.name}` });
				const own = operations.filter(({ part_id }) => part_id === part.id);
				expect(own.map(({ sequence }) => sequence)).toEqual(own.length === 2 ? [10, 20] : part.external_id === shared.name ? [] : [10]);
			}
			const rows = await tableRows<Row>(plant.session, 'Eryxon orders');
			const refused = rows.filter(({ reason }) => reason);
			expect(refused).toEqual([expect.objectContaining({ order: shared.name, content: '', reason: expect.stringContaining('Paint shop') })]);
			count('orders refused, with the reason', refused.length);
		});

		it('sends the refused one again and nothing else, until Eryxon takes it', async () => {
			const { g3 } = plant.eryxon;
			expect((await plant.runByHand(ORDERS.g3)).status).toBe('error');
			await g3.control('POST', 'records', { table: 'cells', values: { name: 'Paint shop', sequence: 9 } });
			expect((await plant.runByHand(ORDERS.g3)).status).toBe('success');
			const calls = (await g3.calls()).length;
			const run = await plant.runByHand(ORDERS.g3);
			expect(run.status).toBe('success');
			expect((await g3.calls()).length).toBe(calls);
			const { jobs, parts, operations } = await stored(g3);
			expect([jobs.length, parts.length, operations.length]).toEqual([49, 50, 60]);
			count('orders unchanged: calls of Eryxon', (await g3.calls()).length - calls);
		});

		it('sends an order whose quantity changed', async () => {
			const [order] = (await plant.odoo.state()).orders.filter(({ partNumber }) => partNumber === 'VALVE-300');
			// As the button "Change Quantity" of Odoo does it: a quantity that is only written leaves the components as they were.
			const [dialog] = (await plant.odoo.call('change.production.qty', 'create', { vals_list: [{ mo_id: order.id, product_qty: 7 }] })) as number[];
			await plant.odoo.call('change.production.qty', 'change_prod_qty', { ids: [dialog] });
			expect((await plant.runByHand(ORDERS.g3)).status).toBe('success');
			const parts = await fromOdoo(plant.eryxon.g3, 'parts');
			expect(parts.find(({ external_id: key }) => key === order.name)).toMatchObject({ quantity: 7 });
			expect(parts).toHaveLength(50);
		});
	});

	describe('spreadsheet to Eryxon', () => {
		const upload = async (csv: string | Buffer) => {
			await until('the form', async () => (await fetch(`${plant.n8n.url}${FORM}`)).ok, { timeoutMs: 30_000 });
			const page = await sendForm(`${plant.n8n.url}${FORM}`, 'Parts', csv);
			const [run] = (await plant.session.runs(SHEET)).slice(-1);
			return { page, run: await plant.ended(SHEET, run.id) };
		};
		const fromSheet = async () => (await fromOdoo(plant.eryxon.g3, 'parts')).filter(({ external_id: key }) => String(key).startsWith('SHEET-'));

		it('stores 194 of 200 rows and hands back the other 6 with their reasons', async () => {
			const before = Date.now();
			const { page, run } = await upload(sheetOfParts(200, 33));
			count('rows of the sheet stored', (await fromSheet()).length);
			count('rows of the sheet: seconds', ((Date.now() - before) / 1000).toFixed(1));
			expect(page).toContain('194 rows are in Eryxon');
			expect(await fromSheet()).toHaveLength(194);
			const refused = itemsOf(run, 'Refused rows');
			expect(refused).toHaveLength(6);
			for (const [index, { reason }] of FAULTS.entries()) expect(refused[index].reason).toMatch(reason);
			expect(refused[1]).toMatchObject({ external_id: 'SHEET-66', 'Part Number': 'PLATE-66', material: '1.4301' });
			count('rows of the sheet in the error sheet', refused.length);
			expect(JSON.stringify(run)).toContain('refused-rows.csv');
		});

		it('reads a file as Excel saves it: Windows letters, semicolons, empty rows at the end', async () => {
			const lines = ['external_id;Part Number;job_number;material;quantity', 'SHEET-Gehäuse-1;Gehäuse-1;JOB-0001;Stähl € 5;2', 'SHEET-Gehäuse-2;Gehäuse-2;JOB-0001;;31/12/2026', ';;;;', ' ; ;;;'];
			const { page, run } = await upload(Buffer.from(lines.join('\r\n').replace('€', '\u0080'), 'latin1'));
			expect(page).toContain('1 row is in Eryxon');
			const stored = (await fromSheet()).filter(({ external_id: key }) => String(key).includes('Geh'));
			expect(stored).toMatchObject([{ external_id: 'SHEET-Gehäuse-1', part_number: 'Gehäuse-1', material: 'Stähl € 5' }]);
			const refused = itemsOf(run, 'Refused rows');
			expect(refused).toMatchObject([{ external_id: 'SHEET-Gehäuse-2', reason: "'quantity' is 31/12/2026", 'what to do': 'Enter a whole number.' }]);
		});

		it('makes nothing twice when the mended sheet is uploaded', async () => {
			const { page, run } = await upload(sheetOfParts(200, 1000));
			expect(page).toContain('200 rows are in Eryxon');
			expect(run.status).toBe('success');
			expect(await fromSheet()).toHaveLength(201);
		});
	});

	describe('Eryxon completions to Odoo', () => {
		const rows = async () => await tableRows<Row>(plant.session, 'Eryxon events');
		const untilPosted = async (number: number, timeoutMs = 120_000) =>
			await until(`${number} posted events`, async () => (await rows()).filter(({ status }) => status === 'posted').length >= number, { timeoutMs, everyMs: 300 });

		it('posts 50 orders once, though each event comes twice and Odoo fails in between', async () => {
			const { eryxon: { g3 }, odoo } = plant;
			const parts = (await fromOdoo(g3, 'parts')).filter(({ external_id: key }) => String(key).startsWith('WH/MO/'));
			const tracked = (await odoo.state()).orders.find(({ partNumber, quantity, name }) => partNumber === 'PUMP-100' && quantity === 2 && parts.some((part) => part.external_id === name));
			await until('the webhook', async () => (await g3.records('webhooks')).length === 1);
			await g3.control('POST', 'switches', { duplicateDeliveries: true });
			const refused = String(parts[5].external_id);
			await odoo.control('refuse', { model: 'mrp.production', id: (await odoo.order(refused)).id, message: 'The period is closed' });
			const before = Date.now();
			for (const [index, part] of parts.entries()) {
				if (index % 12 === 3) await odoo.control('faults', { status: 500, count: 4 });
				if (index === 20) await odoo.control('faults', { status: 504, count: 1, path: 'button_mark_done', after: true });
				for (const operation of await g3.records('operations')) {
					if (operation.part_id === part.id) await g3.control('POST', 'operations/complete', { id: operation.id });
				}
			}
			await untilPosted(48);
			count('completions posted in the first go: seconds', ((Date.now() - before) / 1000).toFixed(1));
			await until('a reason for both others', async () => (await rows()).filter(({ status, reason }) => !status && reason).length === 2, { timeoutMs: 120_000 });
			const reasons = new Map((await rows()).map(({ order, reason }) => [order, reason]));
			expect(reasons.get(refused)).toContain('The period is closed');
			expect(reasons.get(tracked?.name ?? '')).toContain('tracks the product by serial number');
			await odoo.control('refuse', { model: 'mrp.production', id: (await odoo.order(refused)).id });
			await updateRows(plant.session, 'Eryxon events', ['order', tracked?.name ?? ''], { status: 'ignore' });
			await untilPosted(49);
			count('completions posted', (await rows()).filter(({ status }) => status === 'posted').length);
			count('completions with a reason, for a person', (await rows()).filter(({ status }) => status === 'ignore').length);
		});

		it('leaves books that agree', async () => {
			const { eryxon: { g3 }, odoo } = plant;
			const { orders, messages } = await odoo.state();
			const { deliveries } = await g3.control<{ deliveries: Array<{ event: string; status: string }> }>('GET', 'deliveries');
			const told = deliveries.filter(({ event }) => event === 'part.completed');
			expect([told.length, told.filter(({ status }) => status === 'delivered').length]).toEqual([100, 100]);
			const verdicts = new Map<string, number>();
			for (const part of (await fromOdoo(g3, 'parts')).filter(({ external_id: key }) => String(key).startsWith('WH/MO/'))) {
				const order = orders.find(({ name }) => name === part.external_id);
				const notes = messages.filter(({ recordId, subject }) => recordId === order?.id && subject === 'Finished in Eryxon').length;
				const seals = order?.consumed.reduce((sum, { quantity }) => sum + quantity, 0);
				const right = order?.state === 'done' && order.produced === part.quantity && notes === 1 && seals === part.quantity;
				const verdict = right ? 'done exactly once' : order?.partNumber === 'PUMP-100' && order.state === 'confirmed' && notes === 0 ? 'left to a person' : `${order?.state}, ${order?.produced} of ${String(part.quantity)}, ${notes} notes, ${seals} seals`;
				verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
			}
			for (const [verdict, number] of verdicts) count(`books: ${verdict}`, number);
			expect(Object.fromEntries(verdicts)).toEqual({ 'done exactly once': 49, 'left to a person': 1 });
			count('webhooks delivered', told.length);
			count('rows in the table of errors', (await tableRows<WorkflowError>(plant.session, 'Eryxon workflow errors')).length);
		});

		it('counts in pieces, books what a backorder left, and asks a person where several parts of an order are open', async () => {
			const { eryxon: { g3 }, odoo } = plant;
			const [uom] = await odoo.call<Array<{ id: number }>>('uom.uom', 'search_read', { domain: [['name', '=', 'Pack of 6']], fields: ['id'] });
			const [product_id] = await odoo.call<number[]>('product.product', 'search', { domain: [['default_code', '=', 'VALVE-300']] });
			const { id, name } = (await odoo.record('mrp.production', { product_id, product_qty: 2, product_uom_id: uom.id })) as { id: number; name: string };
			await odoo.call('mrp.production', 'action_confirm', { ids: [id] });
			const [[closed], [split]] = [await odoo.orders('VALVE-300', 3, 1), await odoo.orders('VALVE-300', 4, 1)];
			expect((await plant.runByHand(ORDERS.g3)).status).toBe('success');
			await odoo.call('mrp.production', 'write', { ids: [closed.id], vals: { qty_producing: 1 } });
			const context = { skip_consumption: true, skip_backorder: true, mo_ids_to_backorder: [closed.id] };
			await odoo.call('mrp.production', 'button_mark_done', { ids: [closed.id], context });
			const [dialog] = await odoo.call<number[]>('mrp.production.split', 'create', {
				vals_list: [{ production_id: split.id, max_batch_size: 2, production_detailed_vals_ids: [2, 2].map((quantity) => [0, 0, { quantity }]) }],
			});
			await odoo.call('mrp.production.split', 'action_split', { ids: [dialog] });
			expect((await plant.runByHand(ORDERS.g3)).status).toBe('success');

			const own = [name, closed.name, split.name];
			const parts = (await fromOdoo(g3, 'parts')).filter(({ external_id: key }) => own.some((each) => String(key).startsWith(each)));
			expect(parts.map(({ external_id: key, quantity }) => `${key}: ${quantity}`)).toEqual([`${name}: 12`, `${closed.name}: 3`, `${split.name}: 4`]);
			for (const operation of await g3.records('operations')) {
				if (parts.some((part) => part.id === operation.part_id)) await g3.control('POST', 'operations/complete', { id: operation.id });
			}
			const rowsOf = async (order: string) => (await rows()).filter((row) => row.order === order);
			await until('the two that can be posted', async () => [...(await rowsOf(name)), ...(await rowsOf(closed.name))].filter(({ status }) => status === 'posted').length === 2, { timeoutMs: 120_000 });
			expect(await odoo.order(name)).toMatchObject({ state: 'done', produced: 2 });
			expect(await odoo.order(`${closed.name}-002`)).toMatchObject({ state: 'done', produced: 2 });
			const reason = await until('the reason', async () => (await rowsOf(split.name))[0]?.reason, { timeoutMs: 120_000 });
			expect(reason).toContain(`${split.name}-001, ${split.name}-002 cannot be finished by this workflow: the order was split, and several parts of it are open.`);
		});
	});
});
