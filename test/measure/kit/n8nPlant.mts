import { pause, until } from '../../../demo/lib/poll.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { Collector } from './collector.mts';
import { flow, picoCredential, type Flow } from './flows.mts';
import { knownOrders, RUNS_OF, storedRuns, type StoredRun } from './ledger.mts';
import { RealN8n } from './realN8n.mts';

/** Longest wait for anything on a machine that does much else. */
const PATIENCE_MS = 240_000;
/** Between two looks into n8n's database while waiting for an effect. */
const LOOK_MS = 2_000;
/** Nothing more comes after this long without any change. */
const QUIET_MS = 120_000;
/** Distance of two completions: the look-back window of 5 minutes then holds 300. */
const STEP_NS = 1_000_000_000;
const FIRST = Date.UTC(2026, 0, 1);

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
		const sandbox = await startSandboxProcess();
		const collector = await new Collector().open();
		const workflows = flows.map((each) => flow(each, collector.url));
		const n8n = await RealN8n.create([picoCredential(sandbox.endpoint, sandbox.token)], workflows, extra);
		return new N8nPlant(sandbox, collector, n8n);
	}

	/**
	 * A new row begins: no events, no effects.
	 *
	 * @param first time of the first completion, milliseconds
	 */
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

	/** Event streams that Pico has open. */
	async streams(): Promise<number> {
		return (await this.sandbox.control<{ streams: unknown[] }>('GET', 'state')).streams.length;
	}

	async untilStreams(count: number): Promise<void> {
		await until(`${count} open streams`, async () => (await this.streams()) === count, { timeoutMs: PATIENCE_MS, everyMs: 20 });
	}

	async activate(id: string): Promise<void> {
		const before = await this.streams();
		await (await this.n8n.session()).activate(id);
		await this.untilStreams(before + 1);
	}

	async deactivate(id: string): Promise<void> {
		const before = await this.streams();
		await (await this.n8n.session()).deactivate(id);
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

	async runs(workflowId: string): Promise<StoredRun[]> {
		return storedRuns(await this.n8n.query(RUNS_OF, workflowId));
	}

	/**
	 * Executions of a workflow once all events are known to have reached a run and none is under way. Gives what there is
	 * when nothing changes any more.
	 */
	async settledRuns(workflowId: string, events: number, read = async () => await this.runs(workflowId)): Promise<StoredRun[]> {
		let seen = '';
		let since = Date.now();
		return await until(
			`the runs of ${workflowId} to end`,
			async () => {
				const runs = await read();
				const known = knownOrders(runs, this.collector.hits).size;
				const busy = runs.filter(({ status }) => ['new', 'running'].includes(status)).length;
				const now = `${known} ${runs.length} ${busy}`;
				if (now !== seen) [seen, since] = [now, Date.now()];
				return (known >= events && busy === 0) || Date.now() - since > QUIET_MS ? runs : undefined;
			},
			{ timeoutMs: PATIENCE_MS * 10, everyMs: 1_000 },
		);
	}

	async close(): Promise<void> {
		await this.n8n.remove();
		await this.collector.close();
		await this.sandbox.close();
	}
}
