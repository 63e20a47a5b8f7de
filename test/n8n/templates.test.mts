import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../demo/lib/poll.mts';
import { COMPLETIONS_WORKFLOW, ORDERS_WORKFLOW, workflowPair } from '../../demo/lib/workflow-pair.mts';
import { readTemplate } from '../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { placedOrders, saveOrders } from './kit/plant.mts';
import { itemsOf, settledRuns } from './kit/runs.mts';

interface OdooOrder {
	id: number;
	name: string;
	state: string;
	producing: number;
	produced: number;
	serials: string[];
}

const PART = 'PUMP-100';
const UNITS = 2;

describe('the Odoo templates in a real n8n', () => {
	let sandbox: SandboxProcess;
	let odoo: string;
	let installed: InstalledN8n;
	let order: { id: number; name: string };

	beforeAll(async () => {
		sandbox = await startSandboxProcess({ odoo: true });
		odoo = sandbox.odoo ?? '';
		const pair = workflowPair(
			process.cwd(),
			{
				pico: { url: sandbox.pico, token: sandbox.token },
				odoo: {
					url: odoo,
					credentials: { db: 'sandbox', username: 'admin', password: 'admin', apiKey: 'sandbox-odoo-key' },
				},
			},
			3600,
		);
		installed = await InstalledN8n.create({ ...pair, published: [COMPLETIONS_WORKFLOW] });
		const body = { partNumber: PART, quantity: UNITS };
		const made = await sandbox.control<{ orders: [{ id: number; name: string }] }>('POST', `${odoo}/control/orders`, body);
		[order] = made.orders;
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	const inOdoo = async (): Promise<OdooOrder> => {
		const { orders } = await sandbox.control<{ orders: OdooOrder[] }>('GET', `${odoo}/control/state`);
		const found = orders.find(({ id }) => id === order.id);
		if (!found) throw new Error('the order is gone');
		return found;
	};

	const notes = async () => {
		const { messages } = await sandbox.control<{ messages: Array<{ recordId: number }> }>('GET', `${odoo}/control/state`);
		return messages.filter(({ recordId }) => recordId === order.id).length;
	};

	const finish = async (orderIndex: number) =>
		await sandbox.control('POST', 'orders/complete', {
			externalOrderId: order.name,
			partNumber: PART,
			orderIndex,
			producedSerial: `PUMP-SN-${orderIndex}`,
		});

	const completions = async (count: number) => await settledRuns(await installed.session(), COMPLETIONS_WORKFLOW, count);

	it.each(readdirSync(join(process.cwd(), 'templates')).filter((name) => name.endsWith('.json')))(
		'%s carries no secrets, no state and no ids of somebody else',
		(name) => {
			const template = readTemplate(join(process.cwd(), 'templates', name));
			expect(template).not.toHaveProperty('staticData');
			expect(template).not.toHaveProperty('id');
			expect(template).toMatchObject({ active: false, settings: { executionOrder: 'v1' }, pinData: {} });
			const credentials = template.nodes.flatMap((node) => Object.values(node.credentials ?? {}));
			expect(credentials.filter(({ id }) => id)).toEqual([]);
			expect(template.nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
		},
	);

	it('saves an Odoo order in Pico, one order for each unit', async () => {
		const session = await installed.session();
		await session.runManually(ORDERS_WORKFLOW, 'Run now');
		const [run] = await settledRuns(session, ORDERS_WORKFLOW, 1);
		expect(run.status).toBe('success');
		expect((await placedOrders(sandbox, order.name)).map(({ orderIndex }) => orderIndex)).toEqual([0, 1]);
	});

	it('lets an order that Pico does not know leave by the error output, and the others pass', async () => {
		const [run] = await settledRuns(await installed.session(), ORDERS_WORKFLOW, 1);
		const refused = itemsOf(run, 'Not taken by Pico');
		expect(refused.length).toBeGreaterThan(0);
		expect(JSON.stringify(refused)).toContain('VALVE-300');
		expect(itemsOf(run, 'Saved').map(({ orderId }) => orderId)).toContain(order.name);
	});

	it('counts the first unit with its serial number and leaves the order open', async () => {
		await finish(0);
		await completions(1);
		expect(await inOdoo()).toMatchObject({ state: 'progress', producing: 1, serials: ['PUMP-SN-0'] });
	});

	it('does not count a unit again when its completion is corrected', async () => {
		await finish(0);
		await completions(2);
		expect(await inOdoo()).toMatchObject({ state: 'progress', producing: 1, serials: ['PUMP-SN-0'] });
		expect(await notes()).toBe(1);
	});

	it('marks the order as done with its last unit', async () => {
		await finish(1);
		const runs = await completions(3);
		const done = await until('the order to be done', async () => (await inOdoo()).state === 'done' && (await inOdoo()));
		expect(done).toMatchObject({ produced: UNITS, serials: ['PUMP-SN-0', 'PUMP-SN-1'] });
		expect(runs.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		expect(await notes()).toBe(UNITS);
	});

	it('ends quietly for an order that Odoo does not have', async () => {
		const session = await installed.session();
		await sandbox.control('POST', 'operations/deploy', { partNumber: 'OTHER-1', name: 'Other' });
		await saveOrders(sandbox, ['SOMEBODY-ELSE'], 'OTHER-1');
		await sandbox.control('POST', 'orders/complete', { externalOrderId: 'SOMEBODY-ELSE' });
		const last = (await settledRuns(session, COMPLETIONS_WORKFLOW, 4)).at(-1);
		expect(last).toMatchObject({ status: 'success', data: { resultData: { lastNodeExecuted: 'Not an Odoo order' } } });
	});
});
