import { pause, until } from '../../../demo/lib/poll.mts';
import { sameCount } from '../bench/lib/row.mts';
import { series } from '../bench/lib/stats.mts';
import { ManyTriggers } from './manyTriggers.mts';
import type { Curve, Judged } from './curves.mts';
import { panelOf, type Growth, type Part } from './part.mts';

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
	start: { name: 'Start until all are active', unit: 's', kind: 'time' },
	stop: { name: 'Stop of n8n', unit: 's', kind: 'time' },
	first: { name: 'One event, first run', unit: 'ms', kind: 'time' },
	last: { name: 'One event, last run', unit: 'ms', kind: 'time' },
	idle: { name: 'Processor while idle', unit: 'ms/s', kind: 'time' },
	heap: { name: 'Heap', unit: 'MiB', kind: 'memory' },
	rss: { name: 'Resident memory', unit: 'MiB', kind: 'memory' },
	sockets: { name: 'Open sockets of n8n', unit: 'sockets', kind: 'count' },
} as const;

type Name = keyof typeof CURVES;

/** Waits until n8n has done what it does after a start. */
async function settle(many: ManyTriggers): Promise<void> {
	const quiet = async () => {
		const before = await many.usage();
		await pause(1_000);
		return (await many.usage()).cpuMs - before.cpuMs < SETTLED_MS;
	};
	await until('n8n to come to rest', quiet, { timeoutMs: 30_000, everyMs: 0 }).catch(() => undefined);
}

async function measureRound(many: ManyTriggers, size: number, idleMs: number): Promise<Record<Name, number>> {
	const start = await many.start();
	await settle(many);
	const { heap, rss, sockets } = await many.usage('memory');
	const before = await many.usage();
	const began = performance.now();
	await pause(idleMs);
	const idle = ((await many.usage()).cpuMs - before.cpuMs) / ((performance.now() - began) / 1000);
	const [firsts, lasts]: [number[], number[]] = [[], []];
	for (let event = 0; event < EVENTS; event++) {
		const calls = await many.tellAll();
		sameCount('runs for one event', size, { 'all triggers': calls.length });
		if (event === 0) continue;
		firsts.push(calls[0]);
		lasts.push(calls[calls.length - 1]);
	}
	const stop = await many.stop();
	const [first, last] = [series(firsts).median, series(lasts).median];
	return { start, stop, first, last, idle, heap: heap / MIB, rss: rss / MIB, sockets };
}

async function measureTriggers({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
	const plan = quick ? QUICK : { sizes: SIZES, rounds, idleMs: IDLE_MS };
	const names = Object.keys(CURVES) as Name[];
	const curves = Object.fromEntries(names.map((name) => [name, { ...CURVES[name], sizes: 'triggers', points: [] }])) as unknown as Record<Name, Curve>;
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
			for (const name of names) curves[name].points.push({ size, values: results.map((result) => result[name]) });
		}
	} finally {
		await many.close();
	}
	return Object.values(curves);
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
