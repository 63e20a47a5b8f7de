import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { until } from '../../../demo/lib/poll.mts';
import { freePort } from '../../../demo/lib/ports.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { chain } from '../../n8n/kit/workflows.mts';
import { packed, type Places } from '../kit/places.mts';
import { RealN8n } from '../kit/realN8n.mts';

/** What the process of n8n uses: processor time since its start, bytes after a garbage collection. */
export interface Usage {
	cpuMs: number;
	rss: number;
	heap: number;
	/** Open sockets of n8n that keep it running. */
	sockets: number;
}

const PATIENCE_MS = 300_000;
const CREDENTIAL = { id: 'growthPicoApi001', name: 'Pico' };
const idOf = (index: number) => `growthFlow${String(index).padStart(6, '0')}`;

/** Trigger, then a call that tells that the run began. */
const workflow = (id: string, collector: string) =>
	chain(id, id, [
		{ name: 'Completed in Pico', type: 'n8n-nodes-pico-mes.picoTrigger', typeVersion: 1, parameters: { event: 'orderCompleted' }, credentials: { picoApi: CREDENTIAL } },
		{ name: 'Tell', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, parameters: { method: 'POST', url: `${collector}/${id}`, options: {} } },
	]);

/** One real n8n in which more and more workflows with our trigger are active, all on one sandbox. */
export class ManyTriggers {
	/** Moment of each call of a workflow, milliseconds of the steady clock of this process. */
	private arrivals: number[] = [];
	private events = 0;
	private active = 0;

	private constructor(
		private readonly sandbox: SandboxProcess,
		private readonly collector: Server,
		private readonly n8n: RealN8n,
		private readonly probe: string,
	) {
		collector.on('request', () => this.arrivals.push(performance.now()));
	}

	/** @param most workflows that there will be */
	static async create(places: Places, most: number): Promise<ManyTriggers> {
		const sandbox = await startSandboxProcess();
		const collector = createServer((request, response) => {
			request.resume();
			response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
		});
		await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
		const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
		const port = await freePort();
		const probe = join(places.root, 'test', 'measure', 'growth', 'probe.cjs');
		const n8n = await RealN8n.create({
			tarballs: [await packed(places)],
			extra: { NODE_OPTIONS: `--require "${probe}"`, GROWTH_PROBE_PORT: String(port) },
			credentials: [{ ...CREDENTIAL, type: 'picoApi', data: { endpoint: sandbox.endpoint, token: sandbox.token, ignoreTlsIssues: false } }],
			workflows: Array.from({ length: most }, (_, index) => workflow(idOf(index), url)),
		});
		return new ManyTriggers(sandbox, collector, n8n, `http://127.0.0.1:${port}`);
	}

	/** Publishes more workflows, in a running n8n that is stopped afterwards. */
	async publish(count: number): Promise<void> {
		await this.start();
		for (; this.active < count; this.active++) await this.n8n.activate(idOf(this.active));
		// n8n answers before the trigger is up; one that a stop cuts off might not come back.
		await this.untilStreams(count);
		await this.stop();
	}

	/** Starts n8n; seconds until the stream of every active trigger is open. */
	async start(): Promise<number> {
		const began = performance.now();
		const [, open] = await Promise.all([
			this.n8n.start(),
			this.untilStreams(this.active).then(() => performance.now()),
		]);
		return (open - began) / 1000;
	}

	/** Stops n8n; seconds until its process has ended. */
	async stop(): Promise<number> {
		const began = performance.now();
		await this.n8n.stop();
		const ended = performance.now();
		await this.untilStreams(0);
		return (ended - began) / 1000;
	}

	async usage(after: 'memory' | 'now' = 'now'): Promise<Usage> {
		return (await (await fetch(`${this.probe}/${after}`)).json()) as Usage;
	}

	/** One completion in Pico; milliseconds until each workflow has called, in the order of the calls. */
	async tellAll(): Promise<number[]> {
		this.arrivals = [];
		const began = performance.now();
		await this.sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix: `GROWTH${++this.events}-` });
		await until(`the calls of ${this.active} workflows`, () => this.arrivals.length >= this.active, { timeoutMs: PATIENCE_MS, everyMs: 5 });
		return this.arrivals.map((arrival) => arrival - began);
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		this.collector.closeAllConnections();
		await new Promise<void>((resolve) => this.collector.close(() => resolve()));
		await this.sandbox.close();
	}

	private async untilStreams(count: number): Promise<void> {
		let seen = 0;
		const open = async () => {
			seen = (await this.sandbox.control<{ streams: unknown[] }>('GET', 'state')).streams.length;
			return seen === count;
		};
		await until(`${count} open streams`, open, { timeoutMs: PATIENCE_MS, everyMs: 25 }).catch((cause: Error) => {
			throw new Error(`${cause.message}; there are ${seen}. n8n said:\n${this.n8n.log().slice(-2_000)}`);
		});
	}
}
