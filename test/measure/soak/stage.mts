import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import type { Workflow } from '../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { Collector } from '../kit/collector.mts';
import type { Run } from '../kit/command.mts';
import { faultProxy, type Fault, type FaultProxy } from '../kit/faultProxy.mts';
import { flow, picoCredential } from '../kit/flows.mts';
import { packed, preparePlaces } from '../kit/places.mts';
import type { ProcessUsage } from '../kit/processes.mts';
import type { Random } from '../kit/random.mts';
import { RealN8n, type Wanted } from '../kit/realN8n.mts';

/** n8n's own default: it gives up an activation that takes longer than 70 % of this, as a slow machine may. */
const LEASE = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '120' };
const MIB = 1024 * 1024;
const OURS = 'soakPicoTrigger0';
const PEER = 'soakSseTrigger00';
/** From inside the first frame to far into the re-reading of the look-back window. */
const CUT_BYTES = [40, 400_000];

export interface SideSample extends ProcessUsage {
	/** Which start of n8n it belongs to, from 1. */
	life: number;
	/** Used JavaScript heap, MiB. */
	heap?: number;
}

/** One of the two n8n that are compared: a process with one active workflow, and the system that it writes to. */
export class Side {
	/** Starts so far; each begins a new series of memory. */
	life = 0;
	/** Whether it is stopped, or on its way down or up, on purpose. */
	private away = true;

	private constructor(
		private readonly name: string,
		readonly id: string,
		readonly collector: Collector,
		readonly n8n: RealN8n,
	) {}

	static async prepare(name: string, id: string, collector: Collector, wanted: Wanted): Promise<Side> {
		return new Side(name, id, collector, await RealN8n.create({ ...wanted, extra: { N8N_METRICS: 'true', ...LEASE } }));
	}

	async start(): Promise<void> {
		await this.n8n.start();
		this.life++;
		this.away = false;
	}

	async end(how: 'stop' | 'kill'): Promise<void> {
		this.away = true;
		await this.n8n[how]();
	}

	/** Undefined while it is away. */
	async sample(): Promise<SideSample | undefined> {
		const { life } = this;
		if (this.away) return undefined;
		const usage = this.n8n.usage();
		if (!usage && !this.away) throw new Error(`${this.name}: n8n ended by itself\n${this.n8n.log().slice(-4_000)}`);
		const heap = await this.heap();
		return this.away || this.life !== life || !usage ? undefined : { life, ...usage, heap };
	}

	/** What n8n tells of its heap at `/metrics`. */
	private async heap(): Promise<number | undefined> {
		const text = await fetch(`${this.n8n.url}/metrics`, { signal: AbortSignal.timeout(5_000) }).then(async (response) => await response.text(), () => '');
		const found = /^n8n_nodejs_heap_size_used_bytes\S* (\S+)$/m.exec(text);
		return found ? Number(found[1]) / MIB : undefined;
	}

	/** Bytes of the stored static data. */
	async staticBytes(): Promise<number> {
		return Buffer.byteLength((await this.n8n.staticData(this.id)) ?? '');
	}

	/** Keeps n8n's log beyond this run, to see what went wrong. */
	keepLog(folder: string): void {
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, `soak-${this.name}.log`), this.n8n.log());
	}
}

/** A plain stream of server-sent events, for n8n's own SSE Trigger. Who is not connected misses what is sent. */
export class PeerFeed {
	private readonly clients = new Set<ServerResponse>();
	private readonly server = createServer((_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
		response.write(':\n\n');
		this.clients.add(response);
		for (const end of ['close', 'error']) response.on(end, () => this.clients.delete(response));
	});

	/** @returns its address */
	async open(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
	}

	get connected(): number {
		return this.clients.size;
	}

	/** An event of about the content that our trigger hands out in its simplified form. */
	send(orderId: string, at: number): void {
		const completedAt = new Date(at).toISOString();
		const event = {
			eventId: Buffer.from(`${orderId} ${completedAt}`).toString('base64url').slice(-24),
			...{ orderId, orderIndex: 0, partNumber: 'PUMP-100', revision: 'A', producedSerial: `SN-PUMP-100-${orderId}` },
			consumedSerials: ['MOTOR-1', 'HOUSING-1'].map((partNumber) => ({ id: `attr-${partNumber}`, partNumber, value: `${partNumber}-${orderId}` })),
			...{ completedAt, cycleTimeSeconds: 1200 },
			delivery: { event: 'orderCompleted', attempt: 1, replayed: false, correction: false, lagMs: 0 },
		};
		for (const client of this.clients) client.write(`data: ${JSON.stringify(event)}\n\n`);
	}

	cut(): void {
		for (const client of this.clients) client.destroy();
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}
}

/** n8n's own SSE Trigger in place of ours, then the very same call. */
function peerFlow(collector: string, feed: string): Workflow & { id: string } {
	const workflow = flow({ id: PEER }, collector);
	const [{ credentials: _none, ...trigger }, ...rest] = workflow.nodes;
	return { ...workflow, nodes: [{ ...trigger, type: 'n8n-nodes-base.sseTrigger', parameters: { url: feed } }, ...rest] };
}

/** Everything that runs: the Pico double behind a proxy, our n8n, the peer's feed, the peer's n8n. */
export interface Stage {
	sandbox: SandboxProcess;
	proxy: FaultProxy;
	/** Lets the next streams through the proxy break after some bytes. */
	armByteCuts(): void;
	ours: Side;
	peer: Side;
	feed: PeerFeed;
}

/** Builds and packs the sources as they are now; from here on nothing is read from the repository any more. */
export async function setStage(run: Run, seed: number, random: Random): Promise<Stage> {
	const places = await preparePlaces(run);
	const tarballs = [await packed(places)];
	const sandbox = await startSandboxProcess({ seed });
	run.onEnd(async () => await sandbox.close());
	let armed = 0;
	const proxy = await faultProxy(sandbox.endpoint, ({ stream }): Fault => {
		if (!stream || armed === 0) return { kind: 'none' };
		armed--;
		// Small and large numbers are about as likely.
		const [least, most] = CUT_BYTES.map(Math.log);
		return { kind: 'cut', afterBytes: Math.round(Math.exp(least + random.next() * (most - least))) };
	});
	run.onEnd(async () => await proxy.close());
	const feed = new PeerFeed();
	const feedUrl = await feed.open();
	run.onEnd(async () => await feed.close());
	run.say('preparing two n8n');
	// One after the other: each import is a start of n8n, and other work may run on this machine.
	const prepare = async (name: string, id: string, wanted: (collector: string) => Omit<Wanted, 'tarballs'>) => {
		const collector = await new Collector().open();
		run.onEnd(async () => await collector.close());
		const side = await Side.prepare(name, id, collector, { tarballs, ...wanted(collector.url) });
		run.onEnd(async () => await side.n8n.remove());
		return side;
	};
	const ours = await prepare('pico', OURS, (collector) => ({ credentials: [picoCredential(proxy.endpoint, sandbox.token)], workflows: [flow({ id: OURS }, collector)] }));
	const peer = await prepare('sse', PEER, (collector) => ({ credentials: [], workflows: [peerFlow(collector, feedUrl)] }));
	return { sandbox, proxy, armByteCuts: () => void (armed = random.whole(1, 3)), ours, peer, feed };
}
