import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';

import { LIMITS, type Finding } from '../../../nodes/Pico/resources/connection/finding.ts';
import { closeProxies, faultProxy, type Fault } from '../../measure/kit/faultProxy.mts';
import { json, startOddServer, type OddServer } from '../../kit/oddServer.mts';
import { runNode } from '../../kit/runNode.mts';
import { usePico } from '../../kit/usePico.mts';
import { installWebSocket } from '../../kit/webSocket.mts';

const pico = usePico();
const REAL = { ...LIMITS };
const odd: OddServer[] = [];

beforeAll(installWebSocket);
beforeEach(() => Object.assign(LIMITS, REAL, { quiet: 1_000, heartbeat: 8_000, shortestHeartbeat: 300, settle: 200 }));
afterEach(async () => {
	Object.assign(LIMITS, REAL);
	await closeProxies();
	for (const server of odd.splice(0)) await server.close();
});

const COMPLETED = 'Stream: Operation Order Completed';
const CHANGED = 'Stream: Operation Changed';
const STRUCTURE = 'Stream: Product Structure Changed';
const NOTE = 'Stream: Note Created or Updated';
const STREAMS = [COMPLETED, CHANGED, STRUCTURE, NOTE];
/** What needs a valid token. */
const BEHIND_TOKEN = ['Names', ...STREAMS, 'WebSocket', 'Proxy', 'Webhooks'];
const BEHIND_PATH = ['Token', 'Introspection', ...BEHIND_TOKEN];

const all = (checks: string[], verdict: string) => Object.fromEntries(checks.map((check) => [check, verdict]));

interface Row {
	name: string;
	switches?: Record<string, string | number | boolean>;
	/** What is done before the check. */
	arrange?: () => Promise<Partial<{ endpoint: string; token: string; ignoreTlsIssues: boolean }> | void>;
	limits?: Partial<typeof LIMITS>;
	/** Verdicts of the checks that are not ok. */
	expected: Record<string, string>;
	/** Words for people, and facts, by check. */
	says?: Record<string, RegExp>;
	details?: Record<string, IDataObject>;
}

/** In front of the sandbox; for streams it does what is said, all else passes. */
const behind = (fault: Fault) => async () => ({ endpoint: (await faultProxy(pico.credential.endpoint, ({ stream }) => (stream ? fault : { kind: 'none' }))).endpoint });

/** A server of one's own in place of the sandbox. */
const insteadOfIt = (answer: Parameters<typeof startOddServer>[0], options?: Parameters<typeof startOddServer>[1]) => async () => {
	const server = await startOddServer(answer, options);
	odd.push(server);
	return { endpoint: server.endpoint };
};

const withEvents = async () => {
	await pico.post('completions/bulk', { count: 5, startAt: '2026-02-01T00:00:00Z' });
	await pico.post('notes/add', { text: 'A note' });
	await pico.post('notes/add', { text: 'Another note' });
};

const HOLDS_BACK = /proxy_buffering off.*WebSocket/;

const TABLE: Row[] = [
	{ name: 'a sandbox as it is', arrange: withEvents, expected: {}, details: { [COMPLETED]: { cursor: 'exclusive', batchSize: 'honored', events: 'list', oldestEvent: '2026-02-01T00:00:00.000Z', pastEventsWithoutCursor: false } }, says: { Clock: /clocks of Pico and n8n agree/, [COMPLETED]: /oldest event is from 2026-02-01T00:00:00.000Z, the cursor is exclusive, a heartbeat every/, Report: /Everything is fine/ } },
	{ name: 'a plant without any event', expected: {}, details: { [COMPLETED]: { cursor: 'taken', batchSize: 'unknown', oldestEvent: null } }, says: { [NOTE]: /no event so far/ } },
	{ name: 'profile mixed', switches: { profile: 'mixed' }, expected: {}, says: { Names: /SubOperation\.childId \(here subId\)/ } },
	{ name: 'profile legacy', switches: { profile: 'legacy' }, arrange: withEvents, expected: { [NOTE]: 'warning' }, says: { Names: /operationOrderSave\.orderIndex \(here operationIndex\)/, [NOTE]: /does not offer/ } },
	{ name: 'introspection off', switches: { introspection: 'off' }, arrange: withEvents, expected: { Introspection: 'warning' }, details: { [COMPLETED]: { cursor: 'exclusive', batchSize: 'honored' } } },
	{ name: 'introspection off, profile legacy', switches: { introspection: 'off', profile: 'legacy' }, arrange: withEvents, expected: { Introspection: 'warning', [NOTE]: 'warning' }, says: { Names: /SubOperation\.childId/ } },
	{ name: 'the other path', switches: { paths: '/graphql' }, expected: { Path: 'failed', ...all(BEHIND_PATH, 'skipped') }, says: { Path: /http:\/\/\S+\/graphql answers\. Enter it as 'Endpoint'/ } },
	{ name: 'a path of neither generation', arrange: async () => ({ endpoint: `${pico.url}/graph/v3` }), expected: { Path: 'failed', ...all(BEHIND_PATH, 'skipped') }, says: { Path: /http:\/\/\S+\/graph\/v2 answers\. Enter it as 'Endpoint'/ } },
	{ name: 'a web server that is no Pico', arrange: insteadOfIt((_body, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>')), expected: { Path: 'failed', ...all(BEHIND_PATH, 'skipped') }, says: { Path: /Neither \/graph\/v2 nor \/graphql answers/ } },
	{ name: 'a wrong token', arrange: async () => ({ token: 'not-the-token' }), expected: { Token: 'failed', ...all(BEHIND_TOKEN, 'skipped'), Introspection: 'skipped' }, says: { Token: /refused the token.*'Token' in the credential/ } },
	{ name: 'a wrong token, answered with 200', switches: { authFailure: '200' }, arrange: async () => ({ token: 'not-the-token' }), expected: { Token: 'failed', ...all(BEHIND_TOKEN, 'skipped'), Introspection: 'skipped' } },
	{ name: 'a host where nothing listens', arrange: async () => ({ endpoint: 'http://127.0.0.1:9/graph/v2' }), expected: { Address: 'failed', Certificate: 'skipped', Path: 'skipped', Clock: 'skipped', ...all(BEHIND_PATH, 'skipped') }, says: { Address: /Nothing accepts connections/ } },
	{ name: 'a server that is down', switches: { burst503: 100 }, expected: { Address: 'failed', Certificate: 'skipped', Path: 'skipped', ...all(BEHIND_PATH, 'skipped') }, says: { Address: /HTTP 503/ } },
	{ name: 'a certificate that has expired', arrange: insteadOfIt((_body, response) => json(response, {}), { expired: true }), expected: { Certificate: 'failed', Path: 'skipped', Clock: 'skipped', ...all(BEHIND_PATH, 'skipped') }, says: { Certificate: /certificate of .*(expired|not trusted)/ } },
	{ name: 'the same, let through', arrange: async () => ({ endpoint: (await faultProxy(pico.credential.endpoint)).endpoint.replace('http:', 'https:'), ignoreTlsIssues: true }), expected: { Certificate: 'warning', WebSocket: 'warning' }, says: { Certificate: /let through because 'Ignore TLS Issues' is on/, WebSocket: /'Ignore TLS Issues' does not work over WebSocket/ } },
	{ name: 'no cursor', switches: { streamCursor: 'off' }, arrange: withEvents, expected: all(STREAMS, 'warning'), says: { [COMPLETED]: /takes no cursor/ }, details: { [COMPLETED]: { cursor: 'not taken', oldestEvent: null } } },
	{ name: 'no cursor, introspection off', switches: { streamCursor: 'off', introspection: 'off' }, arrange: withEvents, expected: { Introspection: 'warning', ...all(STREAMS, 'warning') } },
	{ name: 'cursor inclusive', switches: { cursorInclusive: true }, arrange: withEvents, expected: {}, details: { [COMPLETED]: { cursor: 'inclusive' }, [CHANGED]: { cursor: 'inclusive' } } },
	{ name: 'batch size ignored', switches: { batchSize: 'ignored' }, arrange: withEvents, expected: all([COMPLETED, CHANGED, STRUCTURE], 'warning'), details: { [COMPLETED]: { batchSize: 'ignored', rowsInFrame: 5 } }, says: { [COMPLETED]: /at most 2 events at once and sent 5/ } },
	{ name: 'one object per event', switches: { streamShape: 'object' }, arrange: withEvents, expected: {}, details: { [COMPLETED]: { events: 'one object', oldestEvent: '2026-02-01T00:00:00.000Z' } } },
	{ name: 'past events without a cursor', switches: { replayOnPlainSubscribe: true }, arrange: withEvents, expected: {}, details: { [COMPLETED]: { pastEventsWithoutCursor: true } } },
	{ name: 'no heartbeat', switches: { sseKeepalive: 'none' }, arrange: withEvents, limits: { heartbeat: 1_500 }, expected: {}, details: { [COMPLETED]: { heartbeatSeconds: null } }, says: { [COMPLETED]: /no heartbeat within 2 s/ } },
	{ name: 'streams that break off', switches: { cutAfterEvents: 1 }, arrange: withEvents, expected: all(STREAMS, 'failed'), says: { [COMPLETED]: /cut off.*Ask who runs them/ } },
	{ name: 'a proxy that passes on no more than the head of streams', arrange: behind({ kind: 'holdBack' }), limits: { heartbeat: 1_500, open: 1_500 }, expected: { ...all(STREAMS, 'failed'), WebSocket: 'warning', Proxy: 'failed' }, says: { [COMPLETED]: HOLDS_BACK, Proxy: /Streams do not get through/ } },
	{ name: 'a proxy that passes on streams when they end', arrange: behind({ kind: 'unanswered' }), limits: { open: 1_500 }, expected: { ...all(STREAMS, 'failed'), WebSocket: 'warning', Proxy: 'failed' }, says: { [COMPLETED]: HOLDS_BACK } },
	{ name: 'a proxy that passes no WebSocket', arrange: behind({ kind: 'none' }), limits: { open: 3_000 }, expected: { WebSocket: 'warning' }, says: { WebSocket: /Leave 'Connection'/ } },
	{ name: 'a clock that is ten minutes behind', switches: { dateHeader: 'plant' }, arrange: async () => void (await pico.post('clock', { advanceMs: -600_000 })), expected: { Clock: 'warning' }, says: { Clock: /10 minutes behind/ } },
	{ name: 'a server that does not tell its time', switches: { dateHeader: 'none' }, expected: { Clock: 'warning' }, says: { Clock: /no Date header/ } },
	{ name: 'a server that never answers', arrange: insteadOfIt(() => {}), limits: { answer: 700 }, expected: { Address: 'failed', Certificate: 'skipped', Path: 'skipped', Clock: 'skipped', ...all(BEHIND_PATH, 'skipped') }, says: { Address: /did not answer within/ } },
	{
		name: 'a server that answers one question only',
		arrange: insteadOfIt((body, response) => (body.includes('{ __typename }') ? json(response, { data: { __typename: 'Query' } }) : undefined)),
		limits: { answer: 700 },
		expected: { Token: 'failed', Introspection: 'failed', ...all(BEHIND_TOKEN, 'skipped') },
	},
	{ name: 'streams for which there is no time left', arrange: behind({ kind: 'unanswered' }), limits: { total: 2_500, open: 60_000 }, expected: { ...all(STREAMS, 'failed'), WebSocket: 'warning', Proxy: 'failed' }, says: { [COMPLETED]: /no time left/ } },
	{ name: 'a quiet time that is longer than all the time there is', arrange: withEvents, limits: { total: 2_500, quiet: 60_000, heartbeat: 60_000 }, switches: { sseKeepalive: 'none' }, expected: {}, details: { [COMPLETED]: { cursor: 'exclusive', heartbeatSeconds: null } } },
	{ name: 'a proxy that names itself', arrange: async () => ({ endpoint: (await faultProxy(pico.credential.endpoint, () => ({ kind: 'dress', headers: (headers) => ({ ...headers, date: new Date().toUTCString(), via: '1.1 edge.plant.example' }) }))).endpoint }), limits: { open: 3_000 }, expected: { WebSocket: 'warning' }, says: { Proxy: /\(via\) and lets the streams through/ } },
];

describe('Connection: Check', () => {
	it('ends within a minute', () => {
		expect(REAL.total).toBeLessThanOrEqual(55_000);
	});

	it.each(TABLE)('sees $name', async ({ switches, arrange, limits, expected, says, details }) => {
		await pico.reset({ sseKeepaliveMs: 500, ...switches });
		Object.assign(LIMITS, limits);
		const access = { ...pico.credential, ...(await arrange?.()) };
		const run = await runNode({ credential: access, parameters: { resource: 'connection', operation: 'check' } });
		expect(run.error).toBeUndefined();
		const found = run.json as unknown as Array<Finding & { report?: string }>;

		const report = found.at(-1);
		const unexpected = Object.fromEntries(found.slice(0, -1).filter(({ verdict }) => verdict !== 'ok').map(({ check, verdict }) => [check, verdict]));
		expect(unexpected).toEqual(expected);
		for (const [check, words] of Object.entries(says ?? {})) {
			const finding = found.find((each) => each.check === check);
			expect(`${finding?.meaning} ${finding?.whatToDo}`).toMatch(words);
		}
		for (const [check, facts] of Object.entries(details ?? {})) expect(found.find((each) => each.check === check)?.details).toMatchObject(facts);

		expect(report?.check).toBe('Report');
		for (const { check, verdict } of found.slice(0, -1)) expect(report?.report).toContain(`| ${verdict} | ${check} |`);
		expect(run.stored).not.toContain(access.token);
		expect(report?.report).not.toContain(new URL(access.endpoint).host);
		// What wants an answer says what to do.
		for (const { check, verdict, whatToDo } of found) expect({ check, says: verdict === 'ok' ? whatToDo !== '' : !['', 'Nothing.'].includes(whatToDo) }).toEqual({ check, says: true });
	});

	it('sends the token to no other host, whatever the server says', async () => {
		const other = await startOddServer((_body, response) => json(response, { data: { __typename: 'Query' } }));
		odd.push(other);
		const first = await insteadOfIt((_body, response) => response.writeHead(302, { location: other.endpoint }).end())();
		const run = await runNode({ credential: { ...pico.credential, ...first }, parameters: { resource: 'connection', operation: 'check' } });
		expect(run.json.find(({ check }) => check === 'Path')).toMatchObject({ verdict: 'failed', meaning: expect.stringContaining('to another address') as string });
		expect(other.requests).toEqual([]);
		expect(String(run.json.at(-1)?.report)).not.toContain(new URL(other.endpoint).host);
	});

	it('writes nothing: Pico gets questions and streams only', async () => {
		await pico.reset({ sseKeepaliveMs: 500 });
		await pico.run('connection', 'check');
		expect(new Set((await pico.calls()).map(({ kind }) => kind))).toEqual(new Set(['query', 'subscription']));
	});

	it('runs once, however many items come in', async () => {
		await pico.reset({ sseKeepaliveMs: 500 });
		const run = await pico.run('connection', 'check', {}, { items: [{}, {}, {}] });
		expect(run.json.filter(({ check }) => check === 'Report')).toHaveLength(1);
	});

	it('ends when the execution is canceled', async () => {
		const { endpoint } = await insteadOfIt(() => {})();
		const asked = new Promise<void>((resolve) => void (async () => {
			while (odd[0].requests.length === 0) await new Promise((next) => setImmediate(next));
			resolve();
		})());
		const run = await runNode({ credential: { ...pico.credential, endpoint }, parameters: { resource: 'connection', operation: 'check' }, cancelWhen: asked });
		expect(run.status).toBe('canceled');
	});

	it('names the version of this package', async () => {
		const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
		const run = await runNode({ credential: { endpoint: 'http://127.0.0.1:9/graph/v2', token: 'some-token' }, parameters: { resource: 'connection', operation: 'check' } });
		expect(String(run.json.at(-1)?.report)).toContain(`n8n-nodes-pico-mes ${version},`);
	});
});
