import { pause, until } from '../../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { knownOrders, settled, type StoredRun } from './account.mts';
import { Collector } from './collector.mts';
import { flow, picoCredential, type Flow } from './flows.mts';
import type { Random } from './random.mts';
import { RealN8n, type Wanted } from './realN8n.mts';

/** Longest wait for anything on a machine that does much else. */
export const PATIENCE_MS = 240_000;
/** Between two looks into n8n's database while waiting for an effect. */
const LOOK_MS = 2_000;
/** Distance of two completions: the look-back window of 5 minutes then holds 300. */
const STEP_NS = 1_000_000_000;
export const FIRST = Date.UTC(2026, 0, 1);

export interface PicoState {
	streams: Array<{ id: string; transport: string; delivered: number }>;
	webhooks: Array<{ webhookUrl: string }>;
	deliveries: Array<{ status: number }>;
	operations: Array<{ archivedAt: string | null }>;
}

interface Ends {
	events: number;
	ends: number;
	random: Random;
	/** Events of a share that pass before its end, at least. */
	least?: number;
	end(): Promise<void>;
	begin(): Promise<void>;
	read?: () => Promise<StoredRun[]>;
}

/** A sandbox, a real n8n with some workflows, and the system that these write to: one set for the rows of a file. */
export class N8nPlant {
	/** Completions since the last reset. */
	made = 0;
	private first = FIRST;

	private constructor(
		readonly sandbox: SandboxProcess,
		readonly collector: Collector,
		readonly n8n: RealN8n,
	) {}

	/** @param flows imported, not active */
	static async create(flows: Flow[], extra: NodeJS.ProcessEnv = {}): Promise<N8nPlant> {
		return await N8nPlant.with(({ sandbox, collector }) => ({
			extra,
			credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
			workflows: flows.map((each) => flow(each, collector.url)),
		}));
	}

	/** @param wanted made for the addresses of Pico and the collector, which are known only now */
	static async with(wanted: (addresses: { sandbox: SandboxProcess; collector: Collector }) => Wanted): Promise<N8nPlant> {
		const sandbox = await startSandboxProcess();
		const collector = await new Collector().open();
		try {
			return new N8nPlant(sandbox, collector, await RealN8n.create(wanted({ sandbox, collector })));
		} catch (cause) {
			await collector.close();
			await sandbox.close();
			throw cause;
		}
	}

	/** A new row begins: no events, no effects. @param first time of the first completion, milliseconds */
	async reset(first = FIRST): Promise<void> {
		await this.sandbox.control('POST', 'reset', {});
		this.collector.clear();
		this.made = 0;
		this.first = first;
	}

	/** Completes `count` more units; their times follow on. */
	async complete(count: number): Promise<void> {
		if (count <= 0) return;
		const startAt = new Date(this.first + this.made * 1000).toISOString();
		await this.sandbox.control('POST', 'completions/bulk', { count, startAt, stepNs: STEP_NS, orderPrefix: `MO${this.made}` });
		this.made += count;
	}

	async state(): Promise<PicoState> {
		return await this.sandbox.control<PicoState>('GET', 'state');
	}

	/** Event streams that Pico has open. */
	async streams(): Promise<number> {
		return (await this.state()).streams.length;
	}

	async untilStreams(count: number): Promise<void> {
		await until(`${count} open streams`, async () => (await this.streams()) === count, { timeoutMs: PATIENCE_MS, everyMs: 20 });
	}

	async activate(id: string): Promise<void> {
		const before = await this.streams();
		await this.n8n.activate(id);
		await this.untilStreams(before + 1);
	}

	async deactivate(id: string): Promise<void> {
		const before = await this.streams();
		await this.n8n.deactivate(id);
		await this.untilStreams(before - 1);
	}

	/** Waits until the collector saw so many different orders; an event that was lost makes this end too, in time. */
	async untilOrders(count: number, timeoutMs = PATIENCE_MS): Promise<void> {
		await until(`${count} orders`, () => this.collector.orders.size >= count, { timeoutMs, everyMs: 5 }).catch(() => undefined);
	}

	/**
	 * Waits for the next effect after the `seen` ones, if one is to come: a run that a kill cut off has none and leaves no
	 * other to wait for. One that is lost makes this end too, in time, and shows in the account.
	 */
	async untilNextEffect(workflowId: string, seen: number, read = async () => await this.runs(workflowId)): Promise<void> {
		const { collector } = this;
		const toCome = async () => knownOrders(await read(), collector.hits).size < this.made;
		const deadline = Date.now() + PATIENCE_MS;
		for (let lookAt = Date.now() + LOOK_MS; collector.calls === seen && Date.now() < deadline; await pause(10)) {
			if (Date.now() < lookAt) continue;
			if (!(await toCome())) return;
			lookAt = Date.now() + LOOK_MS;
		}
	}

	/**
	 * Events flow in `ends` equal shares; somewhere inside each of them something is ended and begun again.
	 *
	 * @returns the longest time from an end to the next effect, milliseconds
	 */
	async through(workflowId: string, { events, ends, random, least = 1, end, begin, read }: Ends): Promise<number> {
		const share = events / ends;
		let longest = 0;
		for (let turn = 0; turn < ends; turn++) {
			await this.complete(share);
			await this.untilOrders(turn * share + random.whole(least, Math.floor(share * 0.8)));
			const endedAt = Date.now();
			await end();
			const seen = this.collector.calls;
			await begin();
			await this.untilNextEffect(workflowId, seen, read);
			longest = Math.max(longest, Date.now() - endedAt);
		}
		return longest;
	}

	async runs(workflowId: string): Promise<StoredRun[]> {
		return await this.n8n.runs(workflowId);
	}

	/** Executions of a workflow once all events are known to have reached a run; see {@link settled}. */
	async settledRuns(workflowId: string, events: number, read = async () => await this.runs(workflowId)): Promise<StoredRun[]> {
		return await settled(read, this.collector.hits, events);
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		await this.collector.close();
		await this.sandbox.close();
	}
}
