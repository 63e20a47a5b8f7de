import { join } from 'node:path';

import { pause, until } from '../../../demo/lib/poll.mts';
import { freePort } from '../../../demo/lib/ports.mts';
import { sameCount } from '../bench/report.mts';
import { flow, picoCredential } from '../kit/flows.mts';
import { N8nPlant, PATIENCE_MS } from '../kit/n8nPlant.mts';
import { packed, type Places } from '../kit/places.mts';
import { median } from '../kit/stats.mts';
import { newCurve, panelOf, type Curve, type Growth, type Judged, type Part } from './curves.mts';

const SIZES = [1, 10, 50, 100, 200];
const QUICK = { sizes: [1, 5, 20], rounds: 1, idleMs: 3_000 };
/** Of each round: with three rounds over 20 seconds for each size. */
const IDLE_MS = 7_000;
/** Events in each round; the first one warms up. */
const EVENTS = 4;
/** Processor time in a second below which a start is over. */
const SETTLED_MS = 60;
const MIB = 1024 * 1024;

const CURVES = {
	start: newCurve('Start until all are active', 's'),
	stop: newCurve('Stop of n8n', 's'),
	first: newCurve('One event, first run', 'ms'),
	last: newCurve('One event, last run', 'ms'),
	idle: newCurve('Processor while idle', 'ms/s'),
	heap: newCurve('Heap', 'MiB', 'memory'),
	rss: newCurve('Resident memory', 'MiB', 'memory'),
	sockets: newCurve('Open sockets of n8n', 'sockets', 'count'),
};

type Name = keyof typeof CURVES;

/** What the process of n8n uses: processor time since its start, bytes after a garbage collection, open sockets. */
interface Usage {
	cpuMs: number;
	rss: number;
	heap: number;
	sockets: number;
}

const idOf = (index: number) => `growthFlow${String(index).padStart(6, '0')}`;

/** One real n8n in which more and more workflows with our trigger are active, all on one sandbox. */
class ManyTriggers {
	private active = 0;
	private events = 0;

	private constructor(
		private readonly plant: N8nPlant,
		private readonly probe: string,
	) {}

	/** @param most workflows that there will be */
	static async create(places: Places, most: number): Promise<ManyTriggers> {
		const port = await freePort();
		const tarballs = [await packed(places)];
		const extra = { NODE_OPTIONS: `--require "${join(places.root, 'test', 'measure', 'growth', 'probe.cjs')}"`, GROWTH_PROBE_PORT: String(port) };
		const plant = await N8nPlant.with(({ sandbox, collector }) => ({
			...{ tarballs, extra, credentials: [picoCredential(sandbox.endpoint, sandbox.token)] },
			workflows: Array.from({ length: most }, (_, index) => flow({ id: idOf(index), trigger: { startFrom: 'new' } }, collector.url)),
		}));
		return new ManyTriggers(plant, `http://127.0.0.1:${port}`);
	}

	/** Publishes more workflows, in a running n8n that is stopped afterwards. */
	async publish(count: number): Promise<void> {
		await this.start();
		for (; this.active < count; this.active++) await this.plant.n8n.activate(idOf(this.active));
		// n8n answers before the trigger is up; one that a stop cuts off might not come back.
		await this.plant.untilStreams(count);
		await this.stop();
	}

	/** Starts n8n; seconds until the stream of every active trigger is open. */
	async start(): Promise<number> {
		const began = performance.now();
		const [, open] = await Promise.all([this.plant.n8n.start(), this.plant.untilStreams(this.active).then(() => performance.now())]);
		return (open - began) / 1000;
	}

	/** Stops n8n; seconds until its process has ended. */
	async stop(): Promise<number> {
		const began = performance.now();
		await this.plant.n8n.stop();
		const ended = performance.now();
		await this.plant.untilStreams(0);
		return (ended - began) / 1000;
	}

	async usage(after: 'memory' | 'now' = 'now'): Promise<Usage> {
		return (await (await fetch(`${this.probe}/${after}`)).json()) as Usage;
	}

	/** Waits until n8n has done what it does after a start. */
	async settle(): Promise<void> {
		const quiet = async () => {
			const before = await this.usage();
			await pause(1_000);
			return (await this.usage()).cpuMs - before.cpuMs < SETTLED_MS;
		};
		await until('n8n to come to rest', quiet, { timeoutMs: 30_000, everyMs: 0 }).catch(() => undefined);
	}

	/** One completion in Pico; milliseconds until each workflow has called, in the order of the calls. */
	async tellAll(): Promise<number[]> {
		const arrivals: number[] = [];
		const began = performance.now();
		this.plant.collector.onCall = () => void arrivals.push(performance.now() - began);
		await this.plant.sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix: `MO${++this.events}` });
		await until(`the calls of ${this.active} workflows`, () => arrivals.length >= this.active, { timeoutMs: PATIENCE_MS, everyMs: 5 });
		return arrivals;
	}

	async close(): Promise<void> {
		await this.plant.close();
	}
}

async function measureRound(many: ManyTriggers, size: number, idleMs: number): Promise<Record<Name, number>> {
	const start = await many.start();
	await many.settle();
	const { heap, rss, sockets } = await many.usage('memory');
	const before = await many.usage();
	const began = performance.now();
	await pause(idleMs);
	const idle = ((await many.usage()).cpuMs - before.cpuMs) / ((performance.now() - began) / 1000);
	const rounds: number[][] = [];
	for (let event = 0; event < EVENTS; event++) {
		rounds.push(await many.tellAll());
		sameCount('runs for one event', size, { 'all triggers': rounds[event].length });
	}
	const of = (which: 0 | -1) => median(rounds.slice(1).map((calls) => calls.at(which) ?? NaN));
	return { start, stop: await many.stop(), first: of(0), last: of(-1), idle, heap: heap / MIB, rss: rss / MIB, sockets };
}

async function measureTriggers({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
	const plan = quick ? QUICK : { sizes: SIZES, rounds, idleMs: IDLE_MS };
	say('installing the package in a fresh n8n');
	const many = await ManyTriggers.create(places, Math.max(...plan.sizes));
	try {
		for (const size of plan.sizes) {
			say(`${size} triggers: publishing`);
			await many.publish(size);
			const results: Array<Record<Name, number>> = [];
			for (let round = 1; round <= plan.rounds; round++) {
				say(`${size} triggers: start ${round}`);
				results.push(await measureRound(many, size, plan.idleMs));
			}
			for (const name of Object.keys(CURVES) as Name[]) CURVES[name].points.push({ size, values: results.map((result) => result[name]) });
		}
	} finally {
		await many.close();
	}
	return Object.values(CURVES);
}

const named = (curves: Judged[], ...names: Name[]) => curves.filter(({ name }) => names.some((wanted) => CURVES[wanted].name === name));

export const triggers: Part = {
	title: 'Active triggers in one n8n',
	about: 'A real n8n; each workflow has its own trigger and its own stream. Memory after a garbage collection.',
	measure: measureTriggers,
	panels: (curves) => [
		panelOf('Start and stop', 'Triggers', 'Time, s', named(curves, 'start', 'stop')),
		panelOf('One event to all of them', 'Triggers', 'Time, ms', named(curves, 'first', 'last')),
		panelOf('Memory of n8n', 'Triggers', 'MiB', named(curves, 'heap', 'rss'), 'linear'),
		panelOf('Sockets and processor', 'Triggers', 'Sockets; ms of processor each second', named(curves, 'sockets', 'idle'), 'linear'),
	],
};
