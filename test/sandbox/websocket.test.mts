import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import { type CompletionRow, LIVE, eventually, operationId, save } from './client.mts';

let sandbox: SandboxProcess;
const clients: Client[] = [];
const TOKEN = 'x-pico-api-org';
const FROM =
	'subscription { operationOrderCompletesStream(cursor: { initialValue: { at: "2026-01-31T00:00:00Z" } } batchSize: 100) { externalOrderId at } }';

interface Opened {
	rows: CompletionRow[];
	ended: Promise<unknown>;
}

function connect(options: { header?: string; payload?: Record<string, unknown>; path?: string }): Client {
	class WithHeader extends WebSocket {
		constructor(url: string, protocols: string[]) {
			super(url, protocols, { headers: options.header === undefined ? {} : { [TOKEN]: options.header } });
		}
	}
	const client = createClient({
		url: sandbox.pico.replace('http', 'ws') + (options.path ?? '/graph/v2'),
		webSocketImpl: WithHeader,
		connectionParams: options.payload,
		retryAttempts: 0,
	});
	clients.push(client);
	return client;
}

function subscribe(client: Client, query = LIVE): Opened {
	const rows: CompletionRow[] = [];
	const ended = new Promise((resolve) => {
		client.subscribe<{ operationOrderCompletesStream: CompletionRow[] }>(
			{ query },
			{
				next: ({ data }) => void rows.push(...(data?.operationOrderCompletesStream ?? [])),
				error: resolve,
				complete: () => resolve('complete'),
			},
		);
	});
	return { rows, ended };
}

const open = () =>
	sandbox.control<{ streams: Array<{ transport: string }> }>('GET', 'state').then((state) => state.streams);
const opened = () => eventually(async () => ((await open()).length > 0 ? true : undefined));
const finish = async (externalOrderId: string) => {
	await save(sandbox, await operationId(sandbox, 'PROC-050', 'A'), externalOrderId);
	await sandbox.control('POST', 'orders/complete', { externalOrderId });
};
const until = (holds: () => boolean) => eventually(async () => (holds() ? true : undefined));

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(() => sandbox.close());
afterEach(async () => {
	for (const client of clients.splice(0)) client.terminate();
	await sandbox.control('POST', 'reset');
});

it.each(['/graphql', '/graph/v2'])('streams over graphql-transport-ws on %s', async (path) => {
	const { rows } = subscribe(connect({ payload: { [TOKEN]: sandbox.token }, path }));
	await opened();
	expect((await open())[0].transport).toBe('websocket');
	await finish('SO-1');
	await until(() => rows.length === 1);
	expect(rows[0].externalOrderId).toBe('SO-1');
});

it('runs queries too, and reports errors', async () => {
	const client = connect({ header: sandbox.token });
	const one = async (query: string) => {
		for await (const result of client.iterate({ query })) return result;
		return undefined;
	};
	expect(await one('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
	await expect(one('{ nope }')).rejects.toMatchObject([{ message: expect.stringContaining('nope') }]);
});

it.each([
	['either', { header: true, payload: true, nested: true }],
	['header', { header: true, payload: false, nested: false }],
	['payload', { header: false, payload: true, nested: true }],
])('takes the token where wsAuth=%s wants it, else closes with 4403', async (wsAuth, allowed) => {
	await sandbox.control('POST', 'switches', { wsAuth });
	const { token } = sandbox;
	const attempts = {
		header: connect({ header: token }),
		payload: connect({ payload: { [TOKEN]: token } }),
		nested: connect({ payload: { headers: { [TOKEN]: token } } }),
		nothing: connect({}),
	};
	const outcome = async (client: Client) => {
		try {
			for await (const _ of client.iterate({ query: '{ __typename }' })) return true;
			return 'nothing';
		} catch (error) {
			return (error as { code?: number }).code === 4403 ? false : error;
		}
	};
	for (const [name, client] of Object.entries(attempts)) {
		expect([name, await outcome(client)]).toEqual([name, { ...allowed, nothing: false }[name]]);
	}
});

it('answers the upgrade of another path with 404, and with 503 in a burst', async () => {
	const refused = (path: string) =>
		new Promise<string>((resolve) => {
			const socket = new WebSocket(sandbox.pico.replace('http', 'ws') + path, 'graphql-transport-ws');
			socket.once('error', (error) => resolve(error.message));
		});
	expect(await refused('/elsewhere')).toContain('404');
	await sandbox.control('POST', 'switches', { burst503: 1 });
	expect(await refused('/graphql')).toContain('503');
});

it('is cut with the streams, abruptly or with a regular complete', async () => {
	const cut = subscribe(connect({ header: sandbox.token }));
	await opened();
	await sandbox.control('POST', 'streams/cut');
	expect(await cut.ended).toMatchObject({ code: 1006 });
	const completed = subscribe(connect({ header: sandbox.token }));
	await opened();
	await sandbox.control('POST', 'streams/cut', { graceful: true });
	expect(await completed.ended).toBe('complete');
});

it('is cut after n events', async () => {
	await sandbox.control('POST', 'switches', { cutAfterEvents: 2 });
	await sandbox.control('POST', 'completions/bulk', { count: 500, startAt: '2026-02-01T00:00:00Z' });
	const { rows, ended } = subscribe(connect({ header: sandbox.token }), FROM);
	expect(await ended).toMatchObject({ code: 1006 });
	expect(rows).toHaveLength(200);
});

it('plays dead after n events', async () => {
	await sandbox.control('POST', 'switches', { stallAfterEvents: 1, sseKeepaliveMs: 20 });
	await sandbox.control('POST', 'completions/bulk', { count: 300, startAt: '2026-02-01T00:00:00Z' });
	const stalled = subscribe(connect({ header: sandbox.token }), FROM);
	await until(() => stalled.rows.length === 100);
	await sandbox.control('POST', 'switches', { stallAfterEvents: 0 });
	const lively = subscribe(connect({ header: sandbox.token }), FROM);
	await until(() => lively.rows.length === 300);
	expect(stalled.rows).toHaveLength(100);
});
