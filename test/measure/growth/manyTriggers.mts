import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { findHost } from '../../../demo/lib/host.mts';
import { N8nSession } from '../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../demo/lib/package.mts';
import { until } from '../../../demo/lib/poll.mts';
import { freePort } from '../../../demo/lib/ports.mts';
import { importCredentials, importWorkflows, type Workflow } from '../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import type { Places } from '../bench/lib/places.mts';

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
function workflow(id: string, collector: string): Workflow {
	const node = (name: string, index: number, type: string, typeVersion: number, parameters: Record<string, unknown>) => ({
		id: `${id}-${index}`,
		name,
		type,
		typeVersion,
		position: [index * 220, 0] as [number, number],
		parameters,
	});
	const trigger = node('Completed in Pico', 0, 'n8n-nodes-pico-mes.picoTrigger', 1, { event: 'orderCompleted' });
	const tell = node('Tell', 1, 'n8n-nodes-base.httpRequest', 4.2, { method: 'POST', url: `${collector}/${id}`, options: {} });
	return {
		id,
		name: id,
		active: false,
		nodes: [{ ...trigger, credentials: { picoApi: CREDENTIAL } }, tell],
		connections: { [trigger.name]: { main: [[{ node: tell.name, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}

/** One real n8n in which more and more workflows with our trigger are active, all on one sandbox. */
export class ManyTriggers {
	/** Moment of each call of a workflow, milliseconds of the steady clock of this process. */
	private arrivals: number[] = [];
	private events = 0;
	private active = 0;

	private readonly collector = createServer((request, response) => {
		this.arrivals.push(performance.now());
		request.resume();
		response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
	});

	private constructor(
		private readonly sandbox: SandboxProcess,
		private readonly n8n: N8n,
		private readonly probe: string,
	) {}

	/** @param most workflows that there will be */
	static async create(places: Places, most: number): Promise<ManyTriggers> {
		const sandbox = await startSandboxProcess();
		const port = await freePort();
		const probe = join(places.root, 'test', 'measure', 'growth', 'probe.cjs');
		const extra = { NODE_OPTIONS: `--require "${probe}"`, GROWTH_PROBE_PORT: String(port) };
		const userFolder = join(places.scratch, 'n8n');
		const n8n = await N8n.prepare({ host: findHost(places.root), userFolder, root: places.root, extra });
		const many = new ManyTriggers(sandbox, n8n, `http://127.0.0.1:${port}`);
		try {
			await new Promise<void>((resolve) => many.collector.listen(0, '127.0.0.1', resolve));
			const collector = `http://127.0.0.1:${(many.collector.address() as AddressInfo).port}`;
			await installTarball(await packPackage(places.pico, places.scratch), userFolder);
			const data = { endpoint: sandbox.endpoint, token: sandbox.token, ignoreTlsIssues: false };
			await importCredentials(n8n, [{ ...CREDENTIAL, type: 'picoApi', data }]);
			await importWorkflows(n8n, Array.from({ length: most }, (_, index) => workflow(idOf(index), collector)));
			return many;
		} catch (error) {
			await many.close();
			throw error;
		}
	}

	/** Publishes more workflows, in a running n8n that is stopped afterwards. */
	async publish(count: number): Promise<void> {
		await this.start();
		const session = await N8nSession.open(this.n8n.url);
		for (; this.active < count; this.active++) await session.activate(idOf(this.active));
		// n8n answers before the trigger is up; one that a stop cuts off might not come back.
		await this.untilStreams(count);
		await this.stop();
	}

	/** Starts n8n; seconds until the stream of every active trigger is open. */
	async start(): Promise<number> {
		const began = performance.now();
		const [, open] = await Promise.all([
			this.n8n.start(PATIENCE_MS),
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
		await this.n8n.stop();
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
			throw new Error(`${cause.message}; there are ${seen}. n8n said:\n${this.n8n.logTail(2_000)}`);
		});
	}
}
