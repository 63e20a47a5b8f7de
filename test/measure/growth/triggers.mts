import { pause, until } from '../../../demo/lib/poll.mts';
import { sameCount } from '../bench/report.mts';
import { series } from '../kit/stats.mts';
import { newCurve, panelOf, type Curve, type Growth, type Judged, type Part } from './curves.mts';
import { ManyTriggers } from './manyTriggers.mts';

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
