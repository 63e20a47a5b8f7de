import { PUBLISHED, workflowId } from '../lib/demo-workflows.mts';
import { control } from '../lib/doubles.mts';
import type { Booked, Erp } from './journey.mts';

interface NetsuiteState {
	orders: Array<{ id: number; tranId: string; status: string; built: number }>;
	completions: Array<{ workOrder: string; memo: string; serials: string[] }>;
	issues: Array<{ workOrder: string; components: Array<{ serials: string[] }> }>;
}

export const netsuiteErp = (url: string): Erp => ({
	name: 'NetSuite',
	ordersWorkflow: workflowId(PUBLISHED.netsuiteOrders),
	completionsWorkflow: workflowId(PUBLISHED.netsuiteCompletions),
	async make(order) {
		const { orders } = await control<{ orders: Array<{ id: number; tranId: string }> }>(url, 'POST', 'orders', order);
		const [{ id, tranId }] = orders;
		return { id, name: tranId };
	},
	async booked() {
		const { orders, completions, issues } = await control<NetsuiteState>(url, 'GET', 'state?limit=1000');
		return new Map(orders.map(({ id, tranId, status, built }): [number, Booked] => {
			const own = completions.filter(({ workOrder }) => workOrder === tranId);
			const issued = issues.filter(({ workOrder }) => workOrder === tranId).flatMap(({ components }) => components);
			const parts = issued.flatMap((component) => component.serials);
			const serials = own.flatMap((completion) => completion.serials);
			const units = own.map(({ memo }) => / unit (\S+)$/.exec(memo)?.[1] ?? memo);
			return [id, { done: status === 'Built', status, produced: built, units, serials, parts }];
		}));
	},
});
