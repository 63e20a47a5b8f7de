import { detailOf, type Answer } from './connection.mts';
import { onEachNetsuite } from './each-netsuite.mts';

const refused = ({ status, body }: Answer): [number, string] => [status, detailOf(body)];

onEachNetsuite(({ fact, factWith }) => {
	fact('an assembly build makes units of an order without work in process, until it is built', async ({ workshop }) => {
		const order = await workshop.order(2);
		const states: unknown[] = [];
		for (let unit = 1; unit <= 2; unit++) {
			expect((await workshop.transform(order, 'assemblyBuild', { quantity: 1 })).status).toBe(204);
			const { built, orderStatus } = (await workshop.read('workOrder', order)) as { built: number; orderStatus: { id: string } };
			states.push([built, orderStatus.id]);
		}
		expect(states).toEqual([[1, 'D'], [2, 'G']]);
	});

	fact('N11 a second build with one external id is refused, and nothing is built', async ({ workshop }) => {
		const order = await workshop.order(2);
		const body = { quantity: 1, externalId: workshop.name('EVENT') };
		await workshop.transform(order, 'assemblyBuild', body);
		expect(refused(await workshop.transform(order, 'assemblyBuild', body))).toEqual([400, expect.stringMatching(/already exists/i)]);
		expect((await workshop.read('workOrder', order)).built).toBe(1);
	});

	fact('a build of more than is open is refused (where the account does not allow overage)', async ({ workshop }) => {
		const order = await workshop.order(1);
		const [status] = refused(await workshop.transform(order, 'assemblyBuild', { quantity: 2 }));
		expect([status, (await workshop.read('workOrder', order)).built ?? 0]).toEqual([400, 0]);
	});

	fact('the components follow the quantity of an order', async ({ workshop, netsuite }) => {
		const order = await workshop.order(3);
		expect(await workshop.components(order)).toEqual([6]);
		expect((await netsuite.record('PATCH', `workOrder/${order}`, { quantity: 2 })).status).toBe(204);
		expect(await workshop.components(order)).toEqual([4]);
	});

	fact('a quantity may be a fraction', async ({ workshop }) => {
		const order = await workshop.order(2.5);
		expect((await workshop.read('workOrder', order)).quantity).toBe(2.5);
	});

	factWith('workInProcess', 'an order with work in process takes issues and completions, no builds', async ({ workshop }) => {
		const order = await workshop.order(1, { isWip: true });
		expect((await workshop.transform(order, 'assemblyBuild', { quantity: 1 })).status).toBe(400);
		expect((await workshop.transform(order, 'workOrderIssue')).status).toBe(204);
		expect((await workshop.transform(order, 'workOrderCompletion', { completedQuantity: 1 })).status).toBe(204);
		expect(await workshop.read('workOrder', order)).toMatchObject({ built: 1 });
	});

	factWith('workInProcess', 'an order without work in process takes no completion', async ({ workshop }) => {
		const order = await workshop.order(1);
		expect((await workshop.transform(order, 'workOrderCompletion', { completedQuantity: 1 })).status).toBe(400);
	});

	factWith('workInProcess', 'nothing more is made from an order that was closed', async ({ workshop }) => {
		const order = await workshop.order(2, { isWip: true });
		await workshop.transform(order, 'workOrderCompletion', { completedQuantity: 1 });
		expect((await workshop.transform(order, 'workOrderClose')).status).toBe(204);
		expect(await workshop.read('workOrder', order)).toMatchObject({ orderStatus: { id: 'H' }, built: 1 });
		const [status, detail] = refused(await workshop.transform(order, 'workOrderCompletion', { completedQuantity: 1 }));
		expect([status, detail]).toEqual([400, expect.stringMatching(/initialize|closed/i)]);
	});
});
