import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { hasRunEnded, type N8nSession } from '../../demo/lib/n8n-session.mts';
import { until } from '../../demo/lib/poll.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';
import { quotes, section } from '../docs/markdown.mts';
import { completionRow } from '../kit/fakeN8n.mts';
import { json, startOddServer, type OddServer } from '../kit/oddServer.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { saveOrders } from './kit/plant.mts';
import { chain, lastStep, manualTrigger, picoTrigger, saveOrder } from './kit/workflows.mts';

type Step = Parameters<typeof chain>[2][number];
type Json = Record<string, unknown>;
type Answer = (body: string, response: ServerResponse) => void;

/**
 * Where a person meets a message: the credential's test, a run of the action node, publishing either trigger, and a failed
 * execution that the published trigger leaves.
 */
type Place = 'test' | 'run' | 'publish' | 'webhook' | 'failed';

/** What is wrong, and what a person then reads: the row of docs/troubleshooting.md, and the heading above it. */
interface Fault {
	wrong: string;
	says: Partial<Record<Place, [heading: string, row: string]>>;
	/** The sandbox and its token when left out. */
	endpoint?: () => string | Promise<string>;
	token?: string;
	ignoreTlsIssues?: boolean;
	/** Of the run; a list of operations when left out. */
	steps?: Step[] | (() => Promise<Step[]>);
	/** Parameters of the stream trigger. */
	trigger?: Json;
	/** What is special about the workflow with the trigger, which otherwise is one for all. */
	workflow?: Json;
	/** Once it is published. */
	then?: (session: N8nSession, credential: { id: string; name: string; type: string }) => Promise<unknown>;
}

const ACCESS = 'The credential test or any request is refused';
const PUBLISH = 'The workflow cannot be published';
const ACTION = 'The action node stops';
const FAILED = 'A run failed';
const WEBHOOKS = 'Webhooks';
const ERP = 'The ERP is not reached';

/** The same words wherever Pico is asked; n8n itself words the outcome of some tests of a credential. */
const access = (row: string, test = row): Fault['says'] => ({ run: [ACCESS, row], publish: [ACCESS, row], webhook: [ACCESS, row], test: [ACCESS, test] });

const pico = (parameters: Json, name = 'Ask'): Step => ({ name, type: 'n8n-nodes-pico-mes.pico', typeVersion: 1, parameters });
const part = (value: string) => ({ __rl: true, mode: 'partNumber', value });
const save = (orderId: string, partNumber: string, more: Json = {}): Step => {
	const step = saveOrder(orderId, partNumber, 1);
	return { ...step, parameters: { ...step.parameters, ...more } };
};
const cancel = (orderId: string, name?: string) => pico({ resource: 'operationOrder', operation: 'cancel', operationId: part('PUMP-100'), orderId }, name);
const completions = (from: string, to?: string) => pico({ resource: 'completion', operation: 'getAll', from, to, limit: 1 });
const query = (text: string, variables = '{}') => pico({ resource: 'query', operation: 'execute', query: text, variables });
const subscribe = pico({ resource: 'webhook', operation: 'subscribe', subscriptionId: 'taken', webhookUrl: 'http://n8n.plant.example/webhook/1' });
const webhooks = pico({ resource: 'webhook', operation: 'getAll' });
/** What the templates use to talk to an ERP. */
const erp = (url: string, timeout = 10_000): Step => ({ name: 'Ask', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, parameters: { url, options: { timeout } } });

const servers: OddServer[] = [];
const odd = async (answer: Answer, options?: Parameters<typeof startOddServer>[1]): Promise<string> => {
	const server = await startOddServer(answer, options);
	servers.push(server);
	return server.endpoint;
};
const answers = (code: number, type: string, body: string, headers: Record<string, string> = {}) => async () =>
	await odd((_body, response) => void response.writeHead(code, { 'content-type': type, ...headers }).end(body));
const status = (code: number, headers: Record<string, string> = {}) => answers(code, 'text/plain', 'no', headers);
const data = (body: unknown) => async () => await odd((_body, response) => json(response, body));
/** A Pico with a stream that carries just this. */
const streams = (frame: unknown, close?: (response: ServerResponse) => void) => async () =>
	await odd((body, response) => {
		if (!body.includes('subscription')) return json(response, { data: { __typename: 'Query' } });
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.write(frame === '' ? ':\n\n' : `event: next\ndata: ${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n\n`);
		close?.(response);
	});
const row = (value: unknown) => ({ data: { operationOrderCompletesStream: [value] } });

const CALLED = 'messagesCalled';
const CLOSED = 'http://127.0.0.1:1/graph/v2';
const FUTURE = '2999-01-01T00:00:00.000Z';
const RUNS_AT_ONCE = 6;
let sandbox: SandboxProcess;
let old: SandboxProcess;
let netsuite: NetsuiteDouble;
let resetting: Server;
const resets = () => `http://127.0.0.1:${(resetting.address() as AddressInfo).port}/graph/v2`;

const faults: Fault[] = [
	{ wrong: 'a wrong token', token: 'wrong', says: access('Pico refused the token') },
	{ wrong: 'a token without rights', endpoint: status(403), says: access('Pico refused the token') },
	{ wrong: 'an error of GraphQL that refuses the token', endpoint: data({ errors: [{ message: 'unauthorized' }] }), says: access('Pico refused the token', 'The server answers, but …') },
	{ wrong: 'a path that nobody knows', endpoint: () => sandbox.endpoint.replace('v2', 'v3'), says: access('There is no GraphQL server at … (HTTP …)') },
	{ wrong: 'a server that takes only GET', endpoint: status(405), says: access('There is no GraphQL server at … (HTTP …)') },
	{ wrong: 'a redirect', endpoint: status(308, { location: 'https://plant.example/graph/v2' }), says: access('redirects to another address') },
	{ wrong: 'a web page', endpoint: answers(200, 'text/html', '<html>Log in</html>'), says: access('answers with a web page, not with GraphQL', 'The server answers, but …') },
	{ wrong: 'no http://', endpoint: () => sandbox.endpoint.replace('http://', ''), says: access("'Endpoint' does not begin with https:// or http://: …") },
	{ wrong: 'a port that is no number', endpoint: () => 'http://plant.example:port/graph/v2', says: access("'Endpoint' is not a valid address: …") },
	{
		wrong: 'an unknown host, and an n8n that believes to be localhost',
		endpoint: () => 'http://no-such-plant.invalid/graph/v2',
		says: { ...access('The host name … is not known (…)', 'ENOTFOUND'), webhook: [WEBHOOKS, 'Pico cannot reach this n8n: the webhook URL is on …'] },
	},
	{ wrong: 'a closed port', endpoint: () => CLOSED, says: access('Nothing accepts connections at … (…)', 'ECONNREFUSED') },
	{ wrong: 'a connection that is reset', endpoint: resets, says: access('The connection to … was lost (…)', 'ECONNRESET') },
	{ wrong: 'https to a server of http', endpoint: () => sandbox.endpoint.replace('http', 'https'), says: access('The connection to … was lost (…)', 'EPROTO') },
	{ wrong: 'a server that never answers', endpoint: async () => await odd(() => undefined), says: { webhook: [ACCESS, 'did not answer within … s'] } },
	{ wrong: 'an expired certificate', endpoint: async () => await odd(() => undefined, { expired: true }), says: access('The TLS certificate of … has expired', 'CERT_HAS_EXPIRED') },
	{ wrong: 'a certificate of an unknown authority', endpoint: () => `${netsuite.url}/graph/v2`, says: access('The TLS certificate of … is not trusted (…)', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') },
	{ wrong: 'a server that is down', endpoint: status(503), says: access('Pico is not available right now (HTTP …)', 'Service Unavailable') },
	{ wrong: 'a server that asks to slow down', endpoint: status(429, { 'retry-after': '1' }), says: access('Pico asks to slow down', 'Too Many Requests') },
	{ wrong: 'a server that refuses the request', endpoint: status(400), says: access('Pico refused the request (HTTP …)', 'Bad Request') },
	{ wrong: 'an empty answer', endpoint: answers(200, 'application/json', ''), says: access('sent an empty answer', 'The server answers, but …') },
	{ wrong: 'half an answer', endpoint: answers(200, 'application/json', '{"data":'), says: access('The answer from Pico is incomplete: …', 'The server answers, but …') },
	{ wrong: 'an error of GraphQL', endpoint: data({ errors: [{ message: 'something broke inside' }] }), says: access('Pico answered: …', 'The server answers, but …') },

	{ wrong: 'a start that is no date', trigger: { startFrom: 'date', startDate: 'soon' }, says: { publish: [PUBLISH, "'Start Date' is not a date"] } },
	{ wrong: 'a start in the future', trigger: { startFrom: 'date', startDate: FUTURE }, says: { publish: [PUBLISH, "'Start Date' is in the future"] } },
	{ wrong: 'a number out of bounds', trigger: { options: { eventsPerRun: 0 } }, says: { publish: [PUBLISH, 'must be a whole number from … to …'] } },
	{ wrong: 'a long workflow ID', workflow: { id: 'messages-of-a-workflow-with-a-long-id' }, says: { publish: [PUBLISH, "n8n stores no position for this workflow: its ID '…' is longer than … characters"] } },
	{
		wrong: 'a position that cannot be read',
		workflow: { id: 'positionLost', staticData: { global: { 'picoTrigger:positionLost-1': { version: 1, cursor: 7 } } } },
		says: { publish: [PUBLISH, 'The stored position of this trigger cannot be read'] },
	},
	{ wrong: 'TLS issues over WebSocket', ignoreTlsIssues: true, trigger: { options: { connection: 'webSocket' } }, says: { publish: [PUBLISH, "'Ignore TLS Issues' does not work over WebSocket"] } },
	{ wrong: 'a server without WebSocket', endpoint: data({ data: {} }), trigger: { options: { connection: 'webSocket' } }, says: { publish: [PUBLISH, 'does not accept WebSockets (HTTP …)'] } },
	{ wrong: 'a WebSocket that is refused', endpoint: async () => await odd((_body, response) => json(response, { data: {} }), { closesWebSockets: 4400 }), trigger: { options: { connection: 'webSocket' } }, says: { publish: [PUBLISH, 'Pico refused the WebSocket (close code …'] } },
	{ wrong: 'a proxy without streams', endpoint: data({ data: { __typename: 'Query' } }), says: { publish: [PUBLISH, 'answers a subscription with a single response (HTTP …), not with a stream'] } },
	{ wrong: 'an older Pico without the stream', endpoint: () => old.endpoint, trigger: { event: 'noteSaved' }, says: { publish: [PUBLISH, "This Pico does not offer '…' (…)"] } },
	{ wrong: 'any reason', token: 'none', says: { publish: [PUBLISH, 'There was a problem activating the workflow: …'] } },

	{ wrong: 'an unknown part number', steps: [save('MO-1', 'NOPE-1')], says: { run: [ACTION, 'Pico has no operation with'] } },
	{ wrong: 'a part number of two revisions', steps: [save('MO-1', 'VALVE-200')], says: { run: [ACTION, 'operations have'] } },
	{ wrong: 'no order ID', steps: [save('', 'PUMP-100')], says: { run: [ACTION, '… is empty'] } },
	{ wrong: 'no date', steps: [completions('soon')], says: { run: [ACTION, '… is not a date: …'] } },
	{ wrong: 'an end before the start', steps: [completions('2026-01-02', '2026-01-01')], says: { run: [ACTION, "… is before 'From'"] } },
	{ wrong: 'broken JSON', steps: [query('{ __typename }', '{')], says: { run: [ACTION, '… is not valid JSON: …'] } },
	{ wrong: 'a typing error in the query', steps: [query('{ operations(')], says: { run: [ACTION, 'Pico answered: …'] } },
	{ wrong: 'a subscription in Query', steps: [query('subscription { notes { id } }')], says: { run: [ACTION, '… is a subscription'] } },
	{ wrong: 'an unknown extra field', steps: [save('MO-1', 'PUMP-100', { options: { extraFields: '{"nope":1}' } })], says: { run: [ACTION, 'contains …, which this Pico does not accept'] } },
	{ wrong: 'an order that exists', steps: [save('MO-OLD', 'PUMP-100', { options: { onExisting: 'fail' } })], says: { run: [ACTION, "Pico already has order '…' index …"] } },
	{ wrong: 'an order of which one unit is refused', steps: [save('MO-OLD', 'PUMP-100', { quantity: 2, options: { onExisting: 'fail' } })], says: { run: [ACTION, 'units saved)'] } },
	{ wrong: 'a canceled order', steps: [save('MO-2', 'PUMP-100'), cancel('MO-2', 'Once'), cancel('MO-2')], says: { run: [ACTION, 'The … is already canceled'] } },
	{ wrong: 'an order that was started', steps: [cancel('MO-OLD')], says: { run: [ACTION, 'has been started and can no longer be canceled'] } },
	{ wrong: 'an order that Pico does not have', steps: [cancel('MO-NONE')], says: { run: [ACTION, 'Pico has no … for …'] } },
	{
		wrong: 'an older Pico that numbers no units',
		endpoint: async () =>
			await odd((body, response) => {
				const unknown = /"(order|operation)Index"|\b((?:order|operation)Index):/.exec(body)?.[2];
				json(response, unknown ? { errors: [{ message: `Field "${unknown}" is not defined by type "OperationOrderSaveInput".` }] } : { data: { operations: [{ id: 'op' }] } });
			}),
		steps: [save('MO-1', '', { operationId: { __rl: true, mode: 'id', value: 'op' }, options: { firstIndex: 1 } })],
		says: { run: [ACTION, 'This Pico does not accept …'] },
	},
	{ wrong: 'an older Pico without past events', endpoint: () => old.endpoint, steps: [completions('2026-01-01')], says: { run: ['The trigger is published, but nothing arrives', 'This Pico cannot send past events again'] } },
	{ wrong: 'a stream that ends again and again', endpoint: streams('', (response) => response.end()), steps: [completions('2026-01-01')], says: { run: [ACTION, 'Pico keeps ending the stream'] } },
	{ wrong: 'a stream that is cut off', endpoint: streams('', (response) => void setTimeout(() => response.destroy(), 50)), steps: [completions('2026-01-01')], says: { run: [ACTION, 'The stream from Pico was cut off'] } },

	{ wrong: 'a Pico that does not subscribe', endpoint: data({ data: { webhookSubscriptions: [], webhookSubscribe: { __typename: 'Refused' } } }), steps: [subscribe], says: { run: [WEBHOOKS, "Pico did not subscribe '…' (it answered with …)"] } },
	{ wrong: 'a strange list of webhooks', endpoint: data({ data: { webhookSubscriptions: 7 } }), steps: [webhooks], says: { run: [WEBHOOKS, 'Pico lists its webhooks in a form that this node cannot read'] } },
	{ wrong: 'an unknown webhook', steps: [pico({ resource: 'webhook', operation: 'unsubscribe', subscriptionId: 'none' })], says: { run: [WEBHOOKS, 'but Pico did not remove this webhook'] } },
	{
		wrong: 'a webhook that is refused after the old one is removed',
		endpoint: async () =>
			await odd((body, response) =>
				json(response, body.includes('webhookSubscribe(') ? { errors: [{ message: 'no more webhooks' }] } : { data: { webhookSubscriptions: [{ subscriptionId: 'taken' }], webhookUnsubscribe: { success: true } } }),
			),
		steps: [subscribe],
		says: { run: [WEBHOOKS, '(the old webhook is removed)'] },
	},

	{ wrong: 'a message that is not JSON', endpoint: streams('{"data":'), says: { failed: [FAILED, 'A message from Pico could not be read (…)'] } },
	{ wrong: 'an event that is not an object', endpoint: streams(row(7)), says: { failed: [FAILED, 'Pico sent an event that is not an object'] } },
	{ wrong: 'an event that nests deeply', endpoint: streams(`{"data":{"operationOrderCompletesStream":[${'{"a":'.repeat(6_000)}1${'}'.repeat(6_000)}]}}`), says: { failed: [FAILED, 'An event from Pico is nested too deeply'] } },
	{ wrong: 'an event that Pico cannot load', endpoint: streams({ data: null, errors: [{ message: 'lost', path: ['operationOrderCompletesStream', 0, 'operation'] }] }), says: { failed: [FAILED, 'Pico could not send …: …'] } },
	{ wrong: 'a station whose clock is ahead', endpoint: streams(row(completionRow(1, 0, { at: FUTURE }))), says: { failed: [FAILED, "min ahead of Pico's clock"] } },
	{ wrong: 'a time that is none', endpoint: streams(row(completionRow(1, 0, { at: 'soon' }))), says: { failed: [FAILED, 'has a time that cannot be read'] } },
	{
		wrong: 'a workflow that fails',
		trigger: { startFrom: 'earliest', deliverNext: 'afterSuccess', options: { attempts: 1 } },
		workflow: { next: { name: 'Fail', type: 'n8n-nodes-base.stopAndError', typeVersion: 1, parameters: { errorMessage: 'broken' } } },
		says: { failed: [FAILED, 'Continued after … for …'] },
	},
	{
		wrong: 'a workflow that calls one that is not published',
		trigger: { startFrom: 'earliest' },
		workflow: { next: { name: 'Call', type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1.2, parameters: { source: 'database', workflowId: { __rl: true, mode: 'id', value: `={{ '${CALLED}' }}` }, options: {} } } },
		says: { failed: ['Tables and posting again', 'Workflow is not active and cannot be executed'] },
	},
	{ wrong: 'a workflow on Engine 2.0', trigger: { startFrom: 'earliest' }, workflow: { settings: { executionOrder: 'v1', engineType: 'v2' } }, says: { failed: [FAILED, 'n8n did not start a run for …'] } },
	{
		wrong: 'a credential that is changed to another host',
		endpoint: streams('', (response) => void setTimeout(() => response.end(), 1_500)),
		then: async (session, credential) =>
			await session.rest('PATCH', `/credentials/${credential.id}`, { ...credential, data: { endpoint: CLOSED, token: 'another', ignoreTlsIssues: false } }),
		says: { failed: [FAILED, 'The credential now names the host …; this workflow was published for …'] },
	},

	{ wrong: 'an ERP that is down', steps: [erp(CLOSED)], says: { run: [ERP, 'The service refused the connection - perhaps it is offline'] } },
	{ wrong: 'an ERP of an unknown host', steps: [erp('http://no-such-erp.invalid/')], says: { run: [ERP, 'The connection cannot be established, this usually occurs due to an incorrect host (domain) value'] } },
	{ wrong: 'an ERP that does not answer', steps: async () => [erp(await odd(() => undefined), 500)], says: { run: [ERP, 'The connection was aborted, perhaps the server is offline'] } },
	{ wrong: 'an ERP that cuts the connection', steps: async () => [erp(resets())], says: { run: [ERP, 'The connection to the server was closed unexpectedly, perhaps it is offline. …'] } },
	...(
		[
			[401, 'Authorization failed - please check your credentials'],
			[403, 'Forbidden - perhaps check your credentials?'],
			[404, 'The resource you are requesting could not be found'],
			[429, 'The service is receiving too many requests from you'],
			[500, 'The service was not able to process your request'],
			[502, 'Bad gateway - …'],
			[503, 'Service unavailable - …'],
			[504, 'Gateway timed out - …'],
		] as const
	).map(([code, says]): Fault => ({ wrong: `an ERP that answers ${code}`, steps: async () => [erp(await status(code)())], says: { run: [ERP, says] } })),
	{ wrong: 'a table that is gone', steps: [{ name: 'Read', type: 'n8n-nodes-base.dataTable', typeVersion: 1, parameters: { resource: 'row', operation: 'get', dataTableId: { __rl: true, mode: 'name', value: 'Gone' } } }], says: { run: ['Tables and posting again', 'Data table with name …'] } },
	{ wrong: 'a node that is not installed', steps: [{ name: 'Ask', type: 'n8n-nodes-pico-mes.gone', typeVersion: 1, parameters: {} }], says: { run: ['Installation', 'Unrecognized node type: n8n-nodes-pico-mes.…'] } },
];

const promises = faults.flatMap(({ wrong, says }, index) => Object.entries(says).map(([place, [heading, text]]) => ({ index, wrong, place: place as Place, heading, text })));

/** Of the workflow with the triggers of a place, or with one of them. */
const idOf = (index: number, place: Place) => {
	const { workflow } = faults[index];
	if (place === 'run' || workflow) return (workflow?.id as string) ?? `m${index}${place}`;
	return `messages${place}`;
};

describe('what the editor says when something is wrong', () => {
	let installed: InstalledN8n;
	/** What came, by place and fault. */
	const shown = new Map<string, string>();

	beforeAll(async () => {
		[sandbox, old, netsuite] = await Promise.all([
			startSandboxProcess({ switches: { saveExisting: 'error' } }),
			startSandboxProcess({ profile: 'legacy', switches: { streamCursor: 'off' } }),
			startNetsuiteDouble({ port: 0, host: '127.0.0.1' }),
		]);
		resetting = createServer((socket) => socket.resetAndDestroy());
		await new Promise<void>((resolve) => resetting.listen(0, '127.0.0.1', resolve));
		await saveOrders(sandbox, ['MO-OLD'], 'PUMP-100');
		await sandbox.control('POST', 'orders/start', { externalOrderId: 'MO-OLD', orderIndex: 0 });
		await sandbox.control('POST', 'completions/bulk', { count: 1 });

		const credentials = await Promise.all(
			faults.map(async ({ wrong, endpoint, token = sandbox.token, ignoreTlsIssues = false }, index) => ({
				id: `m${index}`,
				name: wrong,
				type: 'picoApi',
				data: { endpoint: (await endpoint?.()) ?? sandbox.endpoint, token, ignoreTlsIssues },
			})),
		);
		const own = (index: number) => ({ credentials: { picoApi: { id: `m${index}`, name: faults[index].wrong } } });
		const runs = promises.filter(({ place }) => place === 'run');
		const triggers = promises.filter(({ place }) => ['publish', 'webhook', 'failed'].includes(place));
		installed = await InstalledN8n.create({
			credentials,
			workflows: [
				...(await Promise.all(
					runs.map(async ({ index, wrong }) => {
						const { steps } = faults[index];
						const parts = (typeof steps === 'function' ? await steps() : steps) ?? [pico({ resource: 'operation', operation: 'getAll', limit: 1 })];
						return chain(idOf(index, 'run'), wrong, [manualTrigger, ...parts.map((step) => ({ ...step, ...own(index) }))]);
					}),
				)),
				// n8n says of each trigger of a workflow what is wrong with it, and one workflow costs it less than fifty.
				...[...new Set(triggers.map(({ index, place }) => idOf(index, place)))].map((id) => {
					const parts = triggers.filter(({ index, place }) => idOf(index, place) === id);
					const { next = lastStep, ...more } = faults[parts[0].index].workflow ?? {};
					const { nodes, connections, ...workflow } = chain(id, id, [
						next as Step,
						...parts.map(({ index, place }) => ({
							...picoTrigger(faults[index].trigger),
							...own(index),
							name: nameOf(index),
							...(place === 'webhook' ? { type: 'n8n-nodes-pico-mes.picoWebhookTrigger', webhookId: `6f1d2c1e-0000-4000-8000-${String(index).padStart(12, '0')}` } : {}),
						})),
					]);
					const [{ name: last }, ...starts] = nodes;
					const to = { main: [[{ node: last, type: 'main', index: 0 }]] };
					return { ...workflow, nodes, connections: Object.fromEntries(starts.map(({ name }) => [name, to])), ...more };
				}),
				chain(CALLED, 'Called', [{ name: 'Start', type: 'n8n-nodes-base.executeWorkflowTrigger', typeVersion: 1.1, parameters: { inputSource: 'passthrough' } }, lastStep]),
			],
			// The demo lets n8n give a publication up after 21 s, hardly more than its own five tries take; this is its default.
			// The newer engine of expressions begins an isolate for each look at a credential, several hundred here: half a minute of work.
			extra: { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '120', N8N_EXPRESSION_ENGINE: 'legacy' },
		});
		await installed.n8n.start();
		const session = await installed.session();

		const publications = new Map<string, Promise<Map<string, string>>>();
		/** Publishes a workflow once, and resolves what n8n says of each trigger. */
		const published = async (id: string) => {
			const outcome = publications.get(id) ?? publish(session, id);
			publications.set(id, outcome);
			return await outcome;
		};
		const ofTrigger = async (index: number, place: Place) => (await published(idOf(index, place))).get(nameOf(index)) ?? 'published';
		const raise: Record<Place, (index: number) => Promise<string>> = {
			test: async (index) => (await session.testCredential(credentials[index])).message,
			run: async (index) => {
				const id = idOf(index, 'run');
				await session.runManually(id, manualTrigger.name);
				await until(`the run of "${faults[index].wrong}"`, async () => (await session.runs(id)).some(hasRunEnded), { timeoutMs: 120_000, everyMs: 500 });
				const [{ data: outcome }] = await session.executions(id);
				return outcome?.resultData.error?.message ?? 'OK';
			},
			publish: async (index) => await ofTrigger(index, 'publish'),
			webhook: async (index) => await ofTrigger(index, 'webhook'),
			failed: async (index) => {
				const { id, name, type } = credentials[index];
				const end = await ofTrigger(index, 'failed');
				await faults[index].then?.(session, { id, name, type });
				const [, text] = faults[index].says.failed ?? ['', ''];
				let messages: string[] = [];
				await until(
					`"${text}"`,
					async () => {
						messages = (await session.executions(idOf(index, 'failed'))).map(({ data: outcome }) => outcome?.resultData.error?.message ?? '');
						return messages.some((message) => quotes(text, message));
					},
					{ timeoutMs: 60_000, everyMs: 1_000 },
				).catch(() => undefined);
				return messages.find((message) => quotes(text, message)) ?? [end, ...messages].join('; ');
			},
		};
		const note = async ({ index, place }: { index: number; place: Place }) =>
			void shown.set(`${place} ${index}`, await raise[place](index).catch((error: unknown) => `asking failed: ${String(error)}`));
		const noteEach = async (queue: typeof promises) => {
			for (let next = queue.shift(); next; next = queue.shift()) await note(next);
		};
		await Promise.all([
			...triggers.map(note),
			...Array.from({ length: RUNS_AT_ONCE }, async () => await noteEach(runs)),
			// One after another: n8n 2.41 mixes up tests that run at the same time ("Node not found").
			noteEach(promises.filter(({ place }) => place === 'test')),
		]);
	}, 400_000);

	afterAll(async () => {
		await installed?.remove();
		await Promise.all(servers.map((server) => server.close()));
		resetting?.close();
		await Promise.all([netsuite?.close(), sandbox?.close(), old?.close()]);
	});

	it.each(promises)('$wrong ($place): $text', ({ index, place, heading, text }) => {
		const message = shown.get(`${place} ${index}`) ?? '';
		expect(quotes(text, message) ? text : message).toBe(text);
		expect(section('docs/troubleshooting.md', heading).text).toContain(`\`${text}\``);
	});
});

const nameOf = (index: number) => faults[index].wrong;

/** Publishes a workflow as the editor does, and resolves what n8n says of its triggers, by name. */
async function publish(session: N8nSession, id: string): Promise<Map<string, string>> {
	const { versionId, nodes } = await session.rest<{ versionId: string; nodes: Array<{ id: string; name: string }> }>('GET', `/workflows/${id}`);
	await session.rest('POST', `/workflows/${id}/activate`, { versionId });
	// n8n publishes in the background, and tells the editor when it is done.
	const { triggers } = await until(
		`${id} to be published or not`,
		async () => {
			const outcome = await session.rest<{ status: string; triggers: Array<{ nodeId: string; errorMessage: string | null }> }>('GET', `/workflows/${id}/publication-status`);
			return outcome.status !== 'in_progress' && outcome;
		},
		{ timeoutMs: 120_000, everyMs: 500 },
	);
	return new Map(triggers.flatMap(({ nodeId, errorMessage }) => (errorMessage ? [[nodes.find((node) => node.id === nodeId)?.name ?? nodeId, errorMessage]] : [])));
}
