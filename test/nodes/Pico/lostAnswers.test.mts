import type { IDataObject } from 'n8n-workflow';

import { faultProxy, type Fault, type FaultProxy } from '../../measure/kit/faultProxy.mts';
import { byId, byPart, usePico } from '../../kit/usePico.mts';

const pico = usePico();
let proxy: FaultProxy;
/** Faults for the next requests, in their order; all others go through. */
let faults: Fault[] = [];
let operationId: string;

beforeEach(async () => {
	faults = [];
	proxy = await faultProxy(pico.credential.endpoint, () => faults.shift() ?? { kind: 'none' });
	await pico.reset({ saveExisting: 'error' });
	// Introspection is done before the first fault.
	operationId = String((await run('operation', 'get', byPart('PUMP-100'))).json[0].operationId);
});
afterEach(async () => await proxy.close());

const run = async (resource: string, operation: string, parameters: IDataObject) =>
	await pico.run(resource, operation, parameters, { credential: { endpoint: proxy.endpoint, token: pico.credential.token } });
const save = async (orderId: string) =>
	await run('operationOrder', 'save', { ...byId(operationId), orderId, quantity: 1, options: { onExisting: 'fail' } });
const orders = async () =>
	(await pico.state<{ orders: Array<{ externalOrderId: string; parentOrderId: string | null }> }>()).orders.filter(
		({ externalOrderId, parentOrderId }) => externalOrderId === 'MO-1' && parentOrderId === null,
	);

describe("Save with 'If Order Exists: Stop'", () => {
	it('takes the order that its own first try saved, whose answer was lost, for its own', async () => {
		faults = [{ kind: 'unanswered' }];
		const saved = await save('MO-1');
		expect(proxy.injected).toBe(1);
		expect(saved.error).toBeUndefined();
		expect(saved.json[0]).toMatchObject({ orderId: 'MO-1', result: 'created' });
		expect(await orders()).toHaveLength(1);
	});

	it('stops at an order that was there before', async () => {
		expect((await save('MO-1')).json[0].result).toBe('created');
		expect((await save('MO-1')).error?.message).toContain("Pico already has order 'MO-1' index 0");
	});

	it('stops at one that was there before, also when the first try certainly saved nothing', async () => {
		await save('MO-1');
		faults = [{ kind: 'status', status: 429 }];
		expect((await save('MO-1')).error?.message).toContain("Pico already has order 'MO-1' index 0");
		expect(proxy.injected).toBe(1);
	});
});

describe('Webhook: Subscribe', () => {
	const subscribe = async (webhookUrl: string) => await run('webhook', 'subscribe', { subscriptionId: 'mine', webhookUrl });
	const webhooks = async () => (await pico.state<{ webhooks: IDataObject[] }>()).webhooks;

	it('says that the old webhook is gone when the new one could not be made', async () => {
		await subscribe('https://n8n.example.test/1');
		// List and removal go through; then the line is dead.
		const dead: Fault = { kind: 'status', status: 500 };
		faults = [{ kind: 'none' }, { kind: 'none' }, dead, dead, dead, dead];
		const { error } = await subscribe('https://n8n.example.test/2');
		expect(error?.message).toContain('the old webhook is removed');
		expect(error?.description).toContain("The old webhook 'mine' is already removed");
		expect(await webhooks()).toEqual([]);
	});

	it('recognises the webhook that Pico made although its answer was lost', async () => {
		faults = [{ kind: 'none' }, { kind: 'unanswered' }];
		const subscribed = await subscribe('https://n8n.example.test/1');
		expect(subscribed.error).toBeUndefined();
		expect(subscribed.json[0]).toMatchObject({ subscriptionId: 'mine', webhookUrl: 'https://n8n.example.test/1' });
		expect(await webhooks()).toHaveLength(1);
	});
});

test.each(['PUMP-900', ' PUMP-900 ', 'PUMP-900 '])('a part number that Pico keeps with a blank at its end is found as %j', async (typed) => {
	await pico.post('operations/deploy', { partNumber: 'PUMP-900 ', name: 'Pump' });
	expect((await run('operation', 'get', byPart(typed))).json[0]).toMatchObject({ partNumber: 'PUMP-900 ' });
	const saved = await run('operationOrder', 'save', { ...byPart(typed), orderId: 'MO-1', quantity: 1 });
	expect(saved.json[0]).toMatchObject({ result: 'created', partNumber: 'PUMP-900 ' });
});

test('of two part numbers that differ in a blank, the one is taken that was typed', async () => {
	for (const partNumber of ['FAN-1', 'FAN-1 ']) await pico.post('operations/deploy', { partNumber, name: `Fan ${partNumber.length}` });
	expect((await run('operation', 'get', byPart('FAN-1 '))).json[0]).toMatchObject({ name: 'Fan 6' });
	expect((await run('operation', 'get', byPart('FAN-1'))).json[0]).toMatchObject({ name: 'Fan 5' });
});
