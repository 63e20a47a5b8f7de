import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import { ask, eventually, operationId, save } from './client.mts';

interface Received {
	method: string | undefined;
	headers: IncomingHttpHeaders;
	body: unknown;
}
interface State {
	webhooks: Array<{ subscriptionId: string; lastEventAt: string | null; down: boolean }>;
	deliveries: Array<{ status: number; outcome: string; detail: string; body: { externalOrderId: string } }>;
}

let sandbox: SandboxProcess;
let receiver: Server;
let url: string;
let received: Received[] = [];
let answer: (count: number) => number = () => 204;

const FRAGMENT =
	'fragment Done on OperationOrderComplete { externalOrderId operation { externalId } endState { producedSerial } }';

const subscribe = (input: object = {}) =>
	ask(
		sandbox,
		'mutation ($input: SubscribeRequestInput!) { webhookSubscribe(input: $input) { subscriptionId responseFragment webhookUrl createdAt lastEventAt } }',
		{ input: { subscriptionID: 'hook-1', responseFragment: FRAGMENT, webhookUrl: url, ...input } },
	);
const unsubscribe = (id: string) =>
	ask(
		sandbox,
		'mutation ($id: String!) { webhookUnsubscribe(subscriptionId: $id) { success subscriptionId message } }',
		{ id },
	);
const list = async () =>
	(await ask(sandbox, '{ webhookSubscriptions { subscriptionId webhookUrl createdAt lastEventAt } }')).body.data
		?.webhookSubscriptions;
const state = () => sandbox.control<State>('GET', 'state');
const deliveries = (count: number) =>
	eventually(async () => {
		const done = (await state()).deliveries;
		return done.length >= count ? done : undefined;
	});
const finish = async (externalOrderId: string) => {
	await save(sandbox, await operationId(sandbox, 'PROC-050', 'A'), externalOrderId);
	await sandbox.control('POST', 'orders/complete', { externalOrderId, producedSerial: `S-${externalOrderId}` });
};
const orders = () => received.map(({ body }) => (body as { externalOrderId: string }).externalOrderId);

beforeAll(async () => {
	sandbox = await startSandboxProcess();
	receiver = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		received.push({
			method: request.method,
			headers: request.headers,
			body: JSON.parse(Buffer.concat(chunks).toString()),
		});
		response.writeHead(answer(received.length)).end();
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/pico`;
});
afterAll(async () => {
	receiver.closeAllConnections();
	await new Promise((resolve) => receiver.close(resolve));
	await sandbox.close();
});
afterEach(async () => {
	await sandbox.control('POST', 'reset');
	received = [];
	answer = () => 204;
});

it('posts one event per request with exactly the fields of the fragment and the own headers', async () => {
	await subscribe({ webhookHeaders: { 'X-Secret': 's3cret' } });
	await finish('SO-1');
	await finish('SO-2');
	await deliveries(2);
	expect(received[0]).toMatchObject({
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-secret': 's3cret' },
	});
	expect(received.map(({ body }) => body)).toEqual(
		['SO-1', 'SO-2'].map((order) => ({
			externalOrderId: order,
			operation: { externalId: 'PROC-050' },
			endState: { producedSerial: `S-${order}` },
		})),
	);
});

it('lists subscriptions with the time of the last event, never with headers', async () => {
	await subscribe({ webhookHeaders: { 'X-Secret': 's3cret' } });
	expect(await list()).toMatchObject([{ subscriptionId: 'hook-1', webhookUrl: url, lastEventAt: null }]);
	await finish('SO-1');
	await deliveries(1);
	expect(await list()).toMatchObject([{ lastEventAt: expect.stringMatching(/Z$/) }]);
	expect(JSON.stringify((await state()).webhooks)).not.toContain('s3cret');
});

it.each([
	[
		'operations',
		'fragment F on Operation { externalId archivedAt }',
		'operations/deploy',
		{ partNumber: 'FAN-1', name: 'Fan' },
		{ externalId: 'FAN-1', archivedAt: null },
	],
	[
		'notes',
		'fragment F on NoteEvent { text eventType }',
		'notes/add',
		{ text: 'Scratch' },
		{ text: 'Scratch', eventType: 'created' },
	],
])('takes the stream from the type of the fragment: %s', async (_, responseFragment, action, body, expected) => {
	await subscribe({ responseFragment });
	await sandbox.control('POST', action, body);
	await deliveries(1);
	expect(received[0].body).toEqual(expected);
});

it('skips an event that the receiver refuses, stays active, and never sends it again', async () => {
	answer = (count) => (count === 1 ? 500 : 204);
	await subscribe();
	await finish('SO-1');
	await finish('SO-2');
	const done = await deliveries(2);
	expect(done.map(({ status, outcome }) => [status, outcome])).toEqual([
		[500, 'failed'],
		[204, 'delivered'],
	]);
	expect(orders()).toEqual(['SO-1', 'SO-2']);
});

it('loses events while nobody listens, and delivers later ones', async () => {
	await subscribe({ webhookUrl: 'http://127.0.0.1:9/closed' });
	await finish('SO-1');
	expect((await deliveries(1))[0]).toMatchObject({ outcome: 'unreachable', status: 0 });
	await subscribe();
	await finish('SO-2');
	await deliveries(2);
	expect(orders()).toEqual(['SO-2']);
});

it('misses what happens within the reconnect time after a cut', async () => {
	await sandbox.control('POST', 'switches', { webhookReconnectMs: 300 });
	await subscribe();
	await sandbox.control('POST', 'streams/cut');
	expect((await state()).webhooks[0].down).toBe(true);
	await finish('LOST');
	await eventually(async () => ((await state()).webhooks[0].down ? undefined : true));
	await finish('SEEN');
	await deliveries(1);
	expect(orders()).toEqual(['SEEN']);
});

it('survives a change of the schema version that its fragment does not fit', async () => {
	await sandbox.control('POST', 'switches', { webhookReconnectMs: 50 });
	await subscribe({ responseFragment: 'fragment F on OperationOrderComplete { externalOrderId at }' });
	await sandbox.control('POST', 'switches', { profile: 'legacy' });
	await sandbox.control('POST', 'streams/cut');
	await eventually(async () => ((await state()).webhooks[0].down ? undefined : true));
	await sandbox.control('POST', 'orders/save', { partNumber: 'PROC-050', externalOrderId: 'SO-1' });
	await sandbox.control('POST', 'orders/run');
	expect((await deliveries(1))[0]).toMatchObject({
		outcome: 'failed',
		detail: expect.stringContaining('Cannot query field "at"'),
	});
});

it('gives up on a receiver that does not answer in time', async () => {
	await sandbox.control('POST', 'switches', { webhookTimeoutMs: 100 });
	const silent = createServer(() => undefined);
	await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
	await subscribe({ webhookUrl: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/` });
	await finish('SO-1');
	expect((await deliveries(1))[0]).toMatchObject({ outcome: 'unreachable', detail: expect.stringMatching(/timeout/i) });
	silent.closeAllConnections();
	await new Promise((resolve) => silent.close(resolve));
});

it('delivers to no other machine', async () => {
	await subscribe({ webhookUrl: 'https://your-erp-system.example/api/pico-webhooks' });
	await finish('SO-1');
	expect((await deliveries(1))[0]).toMatchObject({ outcome: 'refused' });
});

it('replaces a subscription with the same id, or refuses with webhookDuplicate=error', async () => {
	await subscribe({ webhookUrl: `${url}/first` });
	await subscribe({ webhookUrl: `${url}/second` });
	expect(await list()).toMatchObject([{ webhookUrl: `${url}/second` }]);
	await sandbox.control('POST', 'switches', { webhookDuplicate: 'error' });
	expect((await subscribe()).body.errors?.[0].message).toMatch(/already exists/);
});

it('stops after unsubscribing and says so; an unknown id is no success', async () => {
	await subscribe();
	expect((await unsubscribe('hook-1')).body.data).toEqual({
		webhookUnsubscribe: { success: true, subscriptionId: 'hook-1', message: 'Subscription cancelled' },
	});
	expect((await unsubscribe('hook-1')).body.data).toMatchObject({ webhookUnsubscribe: { success: false } });
	await subscribe({ subscriptionID: 'hook-2' });
	await finish('SO-1');
	await deliveries(1);
	expect(received).toHaveLength(1);
});

it.each([
	['a fragment that is none', { responseFragment: '{ id }' }, /must be a GraphQL fragment/],
	['a syntax error', { responseFragment: 'fragment F on {' }, /Syntax Error/],
	['a field the type lacks', { responseFragment: 'fragment F on Operation { nope }' }, /Cannot query field "nope"/],
	[
		'a type without a stream',
		{ responseFragment: 'fragment F on State { producedSerial }' },
		/not a type that can be subscribed/,
	],
	['an id that is not URL-safe', { subscriptionID: 'a b' }, /URL-safe/],
	['headers that are no object', { webhookHeaders: ['x'] }, /JSON object/],
	['an address that is none', { webhookUrl: 'erp' }, /http\(s\)/],
])('refuses %s', async (_, input, expected) => {
	expect((await subscribe(input)).body.errors?.[0].message).toMatch(expected);
	expect(await list()).toEqual([]);
});
