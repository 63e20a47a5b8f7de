import { PUBLISHED, workflowId } from '../lib/demo-workflows.mts';
import { control } from '../lib/doubles.mts';
import type { Booked, Erp } from './journey.mts';

interface OdooState {
	orders: Array<{ id: number; name: string; state: string; produced: number; serials: string[]; consumed: Array<{ serial: string }> }>;
	messages: Array<{ model: string; recordId: number; subject?: string }>;
}

export const odooErp = (url: string): Erp => ({
	name: 'Odoo',
	ordersWorkflow: workflowId(PUBLISHED.odooOrders),
	completionsWorkflow: workflowId(PUBLISHED.odooCompletions),
	async make(order) {
		const { orders } = await control<{ orders: Array<{ id: number; name: string }> }>(url, 'POST', 'orders', { ...order, origin: 'Demo' });
		return orders[0];
	},
	async booked() {
		const { orders, messages } = await control<OdooState>(url, 'GET', 'state');
		return new Map(orders.map((order): [number, Booked] => {
			const { id, state, produced, serials, consumed } = order;
			// The workflow of the orders leaves a note too; only these say that a unit is posted.
			const units = messages
				.filter(({ model, recordId }) => model === 'mrp.production' && recordId === id)
				.flatMap(({ subject }) => /^Pico unit (\S+) of /.exec(subject ?? '')?.[1] ?? []);
			const parts = consumed.map(({ serial }) => serial).filter(Boolean);
			return [id, { done: state === 'done', status: state, produced, units, serials, parts }];
		}));
	},
});
