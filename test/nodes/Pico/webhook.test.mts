import type { IDataObject } from 'n8n-workflow';

import { SERVERS, usePico } from '../../kit/usePico.mts';

const pico = usePico();
const ADDRESS = 'https://n8n.example.test/webhook/pico';
const subscribe = async (parameters: IDataObject = {}) =>
	await pico.run('webhook', 'subscribe', { subscriptionId: 'n8n-completions', webhookUrl: ADDRESS, ...parameters });
const webhooks = async () => (await pico.state<{ webhooks: IDataObject[] }>()).webhooks;
const mutations = async () => (await pico.calls()).filter(({ kind }) => kind === 'mutation');

describe('Webhook: Subscribe', () => {
	it('makes Pico send the chosen event to the address', async () => {
		const run = await subscribe();
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([
			expect.objectContaining({ subscriptionId: 'n8n-completions', result: 'created', event: 'orderCompleted', webhookUrl: ADDRESS }),
		]);
		expect(run.json[0]).not.toHaveProperty('warning');
		expect(run.hints).toEqual([]);
		expect(await webhooks()).toEqual([expect.objectContaining({ subscriptionId: 'n8n-completions', webhookUrl: ADDRESS })]);
	});

	it('changes nothing when Pico has the same webhook already', async () => {
		await subscribe();
		const before = (await mutations()).length;
		expect((await subscribe()).json[0]).toMatchObject({ result: 'unchanged', createdAt: expect.any(String) });
		expect((await mutations()).length).toBe(before);
	});

	it('replaces a webhook whose address or content is another', async () => {
		await subscribe();
		expect((await subscribe({ webhookUrl: `${ADDRESS}/2` })).json[0]).toMatchObject({ result: 'replaced', webhookUrl: `${ADDRESS}/2` });
		const other = await subscribe({ webhookUrl: `${ADDRESS}/2`, event: 'operationChanged' });
		expect(other.json[0]).toMatchObject({ result: 'replaced', event: 'operationChanged' });
		expect(await webhooks()).toHaveLength(1);
		expect((await subscribe({ webhookUrl: `${ADDRESS}/2`, event: 'operationChanged' })).json[0].result).toBe('unchanged');
	});

	it('asks only for the chosen fields and those that tell events apart', async () => {
		const { json } = await subscribe({ event: 'operationChanged', fields: ['name'] });
		expect(json[0].responseFragment).toBe(
			'fragment PicoEvent on Operation { id externalId externalRevision name variantName updatedAt }',
		);
	});

	it('takes an own fragment', async () => {
		const run = await subscribe({ payload: 'own', fragment: 'fragment Mine on SubOperation { parentId updatedAt }' });
		expect(run.json[0]).toMatchObject({ result: 'created', event: 'structureChanged' });
		const bad = await subscribe({ payload: 'own', fragment: '{ operations { id } }' });
		expect(bad.error?.message).toBe("'Fragment' is not a GraphQL fragment [Item 0]");
	});

	it('hands headers over without showing them, and replaces them only when asked', async () => {
		const headers = { header: [{ name: 'x-webhook-secret', value: 'hush-hush-4711' }] };
		const run = await subscribe({ headers });
		expect(await webhooks()).toEqual([expect.objectContaining({ headerNames: ['x-webhook-secret'] })]);
		expect(JSON.stringify(run.json)).not.toContain('hush');
		expect((await subscribe({ headers })).json[0].result).toBe('unchanged');
		expect((await subscribe({ headers, options: { alwaysRecreate: true } })).json[0].result).toBe('replaced');
	});

	it.each([
		['https://n8n.example.test/webhook-test/pico', 'only while the editor listens'],
		['http://localhost:5678/webhook/pico', 'means the Pico server itself'],
		['http://127.0.0.1:5678/webhook/pico', 'means the Pico server itself'],
	])('warns when events may never arrive: %s', async (webhookUrl, warning) => {
		const run = await subscribe({ webhookUrl });
		expect(run.json[0].warning).toContain(warning);
		expect(run.hints).toEqual([expect.objectContaining({ type: 'warning', message: expect.stringContaining(warning) })]);
	});

	it.each([
		[{ webhookUrl: 'n8n.example.test/webhook' }, "'Webhook URL' is 'n8n.example.test/webhook' [Item 0]"],
		[{ subscriptionId: 'a b' }, "'Subscription ID' is 'a b' [Item 0]"],
		[{ headers: { header: [{ name: 'x secret', value: '1' }] } }, "'Headers' contains an invalid header name: 'x secret' [Item 0]"],
	])('refuses what Pico could not use: %j', async (parameters, message) => {
		expect((await subscribe(parameters)).error?.message).toBe(message);
		expect(await mutations()).toEqual([]);
	});
});

describe('Webhook: Get Many', () => {
	it('lists webhooks with the event they are for', async () => {
		await subscribe();
		await subscribe({ subscriptionId: 'second', event: 'structureChanged' });
		const run = await pico.run('webhook', 'getAll', { returnAll: true });
		expect(run.json.map(({ subscriptionId, event }) => [subscriptionId, event])).toEqual([
			['n8n-completions', 'orderCompleted'],
			['second', 'structureChanged'],
		]);
		expect((await pico.run('webhook', 'getAll', { limit: 1 })).json).toHaveLength(1);
	});
});

describe('Webhook: Unsubscribe', () => {
	it('removes the webhook', async () => {
		await subscribe();
		const run = await pico.run('webhook', 'unsubscribe', { subscriptionId: 'n8n-completions' });
		expect(run.json[0]).toMatchObject({ deleted: true, subscriptionId: 'n8n-completions', existed: true });
		expect(await webhooks()).toEqual([]);
	});

	it('accepts that there is none only when asked', async () => {
		const run = await pico.run('webhook', 'unsubscribe', { subscriptionId: 'nobody' });
		expect(run.error?.message).toContain("'Subscription ID' is 'nobody', but Pico did not remove this webhook");
		const accepted = await pico.run('webhook', 'unsubscribe', { subscriptionId: 'nobody', options: { ignoreIfNotFound: true } });
		expect(accepted.json[0]).toMatchObject({ deleted: true, existed: false });
	});
});

describe.each(SERVERS)('on a $profile server with introspection $introspection', (server) => {
	it('subscribes every event that the server has', async () => {
		await pico.reset(server);
		const events = ['orderCompleted', 'operationChanged', 'structureChanged'];
		if (server.profile !== 'legacy') events.push('noteSaved');
		for (const event of events) {
			const run = await subscribe({ subscriptionId: event, event, headers: { header: [{ name: 'x-secret', value: 's' }] } });
			expect(run.error).toBeUndefined();
			expect(run.json[0]).toMatchObject({ result: 'created', event });
			expect((await subscribe({ subscriptionId: event, event })).json[0].result).toBe('unchanged');
		}
	});
});
