import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { RETRY } from '../../../nodes/shared/api/retry.ts';
import { CHECK } from '../../../nodes/PicoWebhookTrigger/watch.ts';
import { WebhookHost } from '../../kit/webhookHost.mts';
import { until } from '../../kit/until.mts';
import { orderIds, PROD_ID, usePicoAndHost } from './fixture.mts';

const pico = usePicoAndHost();
const PATIENCE_MS = 45_000;

// Three checks before an address counts as not served, as n8n serves it late; a person waits for them, a test need not.
RETRY.selfCall.firstMs = 300;
CHECK.everyMs = 1_000;

test('after a restart, what was missed is fetched without any further event', async () => {
	await pico.host.activate();
	await pico.complete(1, 'A');
	await pico.runs(1);
	pico.host.down = true;
	await pico.complete(3, 'NIGHT');
	await pico.delivered(4);
	pico.host.down = false;
	await pico.host.restart();
	await until('the night', () => pico.host.items.length === 4, PATIENCE_MS);
	expect(orderIds(pico.host.items)).toEqual(['A', 'NIGHT', 'NIGHT', 'NIGHT']);
});

test('an address that n8n does not serve is one failed execution with the cause, and events are fetched all the same', async () => {
	pico.host.unserved = true;
	await pico.host.activate();
	await pico.complete(2, 'A');
	await until('both', () => pico.host.items.length === 2, PATIENCE_MS);
	expect(pico.host.failed).toHaveLength(1);
	expect(pico.host.failed[0]).toMatchObject({ message: expect.stringMatching(/nothing of this workflow.*HTTP 404/) as string });
}, 60_000);

test('an address that leads to a web page is told as such', async () => {
	const page: Server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'));
	await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
	pico.host.publicUrl = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
	await pico.host.activate();
	await until('the failure', () => pico.host.failed.length === 1, PATIENCE_MS);
	expect(pico.host.failed[0].message).toContain('a web page');
	page.close();
}, 60_000);

test('a webhook that somebody removed from Pico is told, and nothing is lost', async () => {
	await pico.host.activate();
	await pico.graphql(`mutation { webhookUnsubscribe(subscriptionId: "${PROD_ID}") { success } }`);
	await pico.complete(2, 'A');
	await until('both', () => pico.host.items.length === 2, PATIENCE_MS);
	await until('the failure', () => pico.host.failed.length > 0, PATIENCE_MS);
	expect(pico.host.failed.map(({ message }) => message)).toEqual([expect.stringContaining('no longer has the webhook')]);
}, 60_000);

test('a webhook under its ID that leads elsewhere is told, neither called nor changed', async () => {
	const foreign = createServer((_, response) => {
		calls++;
		response.end('{}');
	});
	let calls = 0;
	await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
	const address = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`;
	await pico.host.activate();
	await pico.graphql(`mutation { webhookUnsubscribe(subscriptionId: "${PROD_ID}") { success } }`);
	await pico.graphql(
		`mutation { webhookSubscribe(input: { subscriptionID: "${PROD_ID}", responseFragment: "fragment F on Operation { id }", webhookUrl: "${address}" }) { subscriptionId } }`,
	);
	await until('the failure', () => pico.host.failed.length === 1, PATIENCE_MS);
	expect(pico.host.failed[0].message).toContain(`another address, ${address}`);
	expect(await pico.webhooks()).toMatchObject([{ webhookUrl: address }]);
	expect(calls).toBe(0);
	foreign.close();
}, 60_000);

test('a webhook with the secret of an earlier token is registered again with the current one, and works', async () => {
	await pico.host.activate();
	const [{ responseFragment, webhookUrl }] = await pico.webhooks();
	await pico.graphql(`mutation { webhookUnsubscribe(subscriptionId: "${PROD_ID}") { success } }`);
	const earlier = JSON.stringify(responseFragment.replace(/PicoEvent_\w+/, 'PicoEvent_00000000'));
	await pico.graphql(
		`mutation { webhookSubscribe(input: { subscriptionID: "${PROD_ID}", responseFragment: ${earlier}, webhookUrl: "${webhookUrl}" }) { subscriptionId } }`,
	);
	await pico.complete(1, 'REFUSED');
	await until('the current secret', async () => (await pico.webhooks())[0]?.responseFragment === responseFragment, PATIENCE_MS);
	await until('the event refused before', () => pico.host.items.length === 1, PATIENCE_MS);
	await pico.complete(1, 'TAKEN');
	await until('the next', () => pico.host.items.length === 2, PATIENCE_MS);
	expect(orderIds(pico.host.items)).toEqual(['REFUSED', 'TAKEN']);
	expect(pico.host.failed).toEqual([]);
}, 60_000);

test('a webhook address is joined with one slash', async () => {
	pico.host.publicUrl = `${new URL(pico.host.url).origin}//`;
	await pico.host.activate();
	const [{ webhookUrl }] = await pico.webhooks();
	expect(new URL(webhookUrl).pathname).not.toContain('//');
	await pico.complete(1, 'A');
	await pico.runs(1);
});

test('the secret is the same after each publish, differs between tokens, and gives none away', async () => {
	await pico.host.activate();
	const { secret } = pico.host;
	const [first] = await pico.webhooks();
	await pico.host.deactivate();
	pico.host.nodeName = 'Renamed';
	pico.host.staticData = {};
	await pico.host.restart();
	await pico.host.activate();
	expect(pico.host.secret).toBe(secret);
	expect((await pico.webhooks())[0].responseFragment).toBe(first.responseFragment);
	expect(`${secret}${first.responseFragment}`).not.toContain(pico.sandbox.token);
	expect(new WebhookHost({ ...pico.host.access, token: 'another-token' }).secret).not.toBe(secret);
});

test('published again under a flow of calls, with an older copy of the stored data each time: none refused, none twice, none lost', async () => {
	// 100 rounds held as well; each is the same.
	const ROUNDS = Number(process.env.REPUBLISH_ROUNDS ?? 30);
	let sent = 0;
	let on = true;
	await pico.host.activate();
	const flow = (async () => {
		while (on) {
			await pico.complete(1, `E${sent++}`);
			await new Promise((resolve) => setTimeout(resolve, 125));
		}
	})();
	for (let round = 0; round < ROUNDS; round++) {
		const old = structuredClone(pico.host.staticData);
		await pico.host.deactivate();
		pico.host.staticData = old;
		await pico.host.activate();
		pico.host.staticData = old;
	}
	on = false;
	await flow;
	await until('all', () => new Set(pico.host.items.map(({ eventId }) => eventId)).size >= sent, PATIENCE_MS);
	expect(pico.host.answers.filter(({ status }) => status === 401)).toEqual([]);
	expect(pico.host.items).toHaveLength(sent);
}, 180_000);
