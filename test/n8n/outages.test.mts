import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { until } from '../../demo/lib/poll.mts';
import type { Execution } from '../../demo/lib/n8n-session.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { openStreams } from './kit/plant.mts';
import { chain, picoCredential, picoTrigger, TRIGGER } from './kit/workflows.mts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
type Step = Parameters<typeof chain>[2][number];

const status = (code: number, body = 'no'): Answer => (_request, response) => void response.writeHead(code).end(body);
const drop: Answer = (request) => void request.socket.destroy();
const silence: Answer = () => undefined;

const ODOO = { id: 'testOdooApi00001', name: 'Odoo under test' };

/** Another system that is down in one way at the first call, and works afterwards. */
class OtherSystem {
	private server: Server | undefined;
	private port = 0;
	calls = 0;

	constructor(private readonly whileDown: Answer) {}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async open(): Promise<this> {
		this.server = createServer((request, response) => {
			request.resume();
			if (this.calls++ === 0) return this.whileDown(request, response);
			response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: 7 }));
		});
		await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
		this.port = (this.server.address() as AddressInfo).port;
		return this;
	}

	async close(): Promise<void> {
		this.server?.closeAllConnections();
		await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
	}
}

const request = (url: string): Step => ({
	name: 'Book',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: { method: 'POST', url, sendBody: true, bodyParameters: { parameters: [{ name: 'a', value: 'b' }] }, options: { timeout: 1_500 } },
});
const odoo = (): Step => ({
	name: 'Book',
	type: 'n8n-nodes-base.odoo',
	typeVersion: 1,
	parameters: { resource: 'contact', operation: 'create', contactName: 'A', additionalFields: {} },
	credentials: { odooApi: ODOO },
});
const subWorkflow = (id: string): Step => ({
	name: 'Book',
	type: 'n8n-nodes-base.executeWorkflow',
	typeVersion: 1.2,
	parameters: { workflowId: { __rl: true, mode: 'id', value: id }, options: {} },
});
const calledByOther: Step = { name: 'Called', type: 'n8n-nodes-base.executeWorkflowTrigger', typeVersion: 1.1, parameters: { inputSource: 'passthrough' } };

interface Case {
	name: string;
	/** 10 characters of the ids of its workflows. */
	id: string;
	whileDown: Answer;
	isOutage: boolean;
	/** The system is not there at all at first. */
	isClosed?: boolean;
	through?: 'odoo' | 'sub' | 'subSub';
}

const CASES: Case[] = [
	{ name: 'HTTP 503', id: 'http503000', whileDown: status(503), isOutage: true },
	{ name: 'HTTP 429 with a JSON body', id: 'http429000', whileDown: status(429, '{"message":"slow down","code":17}'), isOutage: true },
	{ name: 'HTTP 502 of a proxy', id: 'http502000', whileDown: status(502, '<html>Bad gateway 500</html>'), isOutage: true },
	{ name: 'a refused connection', id: 'refused000', whileDown: status(200, '{}'), isOutage: true, isClosed: true },
	{ name: 'a connection that is dropped', id: 'dropped000', whileDown: drop, isOutage: true },
	{ name: 'an answer that does not come in time', id: 'silence000', whileDown: silence, isOutage: true },
	{ name: 'HTTP 500', id: 'http500000', whileDown: status(500, '{"message":"503 is not the reason"}'), isOutage: false },
	{ name: 'HTTP 400', id: 'http400000', whileDown: status(400, '{"code":"ECONNREFUSED","status":503}'), isOutage: false },
	{ name: 'HTTP 503 to the Odoo node', id: 'odoo503000', whileDown: status(503), isOutage: true, through: 'odoo' },
	{ name: 'HTTP 503 in a sub-workflow', id: 'sub5030000', whileDown: status(503), isOutage: true, through: 'sub' },
	{ name: 'HTTP 429 with a JSON body in a sub-workflow', id: 'sub4290000', whileDown: status(429, '{"message":"slow down"}'), isOutage: true, through: 'sub' },
	{ name: 'a dropped connection in a sub-workflow', id: 'subDropped', whileDown: drop, isOutage: true, through: 'sub' },
	{ name: 'silence in a sub-workflow', id: 'subSilence', whileDown: silence, isOutage: true, through: 'sub' },
	{ name: 'a refused connection in a sub-workflow', id: 'subRefused', whileDown: status(200, '{}'), isOutage: true, isClosed: true, through: 'sub' },
	{ name: 'HTTP 400 in a sub-workflow', id: 'sub4000000', whileDown: status(400, '{"message":"HTTP 503"}'), isOutage: false, through: 'sub' },
	{ name: 'HTTP 503 in a sub-workflow of a sub-workflow', id: 'subSub5030', whileDown: status(503), isOutage: true, through: 'subSub' },
];

/**
 * One workflow for each way in which another system fails, with a single attempt: an event whose run succeeds after all was
 * kept for an outage, and one that is recorded as failed was not.
 */
describe('runs that fail since another system is down, in a real n8n', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;
	const systems = new Map(CASES.map((each) => [each.id, new OtherSystem(each.whileDown)]));
	const systemOf = (id: string) => systems.get(id) as OtherSystem;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		const workflows = [];
		for (const { id, isClosed, through } of CASES) {
			const system = await systemOf(id).open();
			if (isClosed) await system.close();
			const steps = through === 'odoo' ? [odoo()] : through ? [subWorkflow(`${id}sub001`)] : [request(system.url)];
			const trigger = picoTrigger({ deliverNext: 'afterSuccess', options: { attempts: 1 } });
			workflows.push(chain(`${id}main01`, id, [trigger, ...steps]));
			if (through === 'sub') workflows.push(chain(`${id}sub001`, `${id} sub`, [calledByOther, request(system.url)]));
			if (through === 'subSub') {
				workflows.push(chain(`${id}sub001`, `${id} sub`, [calledByOther, subWorkflow(`${id}sub002`)]));
				workflows.push(chain(`${id}sub002`, `${id} sub sub`, [calledByOther, request(system.url)]));
			}
		}
		const odooCredential = { ...ODOO, type: 'odooApi', data: { url: systemOf('odoo503000').url, db: 'plant', username: 'me', password: 'secret' } };
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token), odooCredential],
			workflows,
		});
		await installed.n8n.start();
		const session = await installed.session();
		// Those that are called first: n8n runs only what is published.
		for (const { id } of [...workflows].reverse()) await session.activate(id);
		await until('every trigger to open its stream', async () => (await openStreams(sandbox)) === CASES.length, { timeoutMs: 300_000 });
		await sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix: 'MO' });
	}, 600_000);

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
		for (const system of systems.values()) await system.close();
	});

	const runsOf = async (id: string): Promise<Execution[]> => await (await installed.session()).executions(`${id}main01`);
	const messageOf = ({ data }: Execution) => (data?.resultData as { error?: { message?: string } } | undefined)?.error?.message ?? '';

	it.each(CASES)('$name counts as an outage: $isOutage', async ({ id, isOutage, isClosed }) => {
		const failed = await until('the first run to fail', async () => (await runsOf(id)).find(({ status: end }) => end === 'error'), { timeoutMs: 120_000, everyMs: 500 });
		if (isClosed) await systemOf(id).open();
		const runs = await until(
			'what follows',
			async () => {
				const all = await runsOf(id);
				return all.some((run) => run.status === 'success' || messageOf(run).startsWith('Continued after')) && all;
			},
			{ timeoutMs: 120_000, everyMs: 500 },
		);
		const continued = runs.filter((run) => messageOf(run).startsWith('Continued after'));
		expect({ succeeded: runs.filter(({ status: end }) => end === 'success').length, continued: continued.length }).toEqual({ succeeded: isOutage ? 1 : 0, continued: isOutage ? 0 : 1 });
		expect(JSON.stringify(failed.data?.resultData.runData[TRIGGER])).toContain('"attempt":1');
	});
});
