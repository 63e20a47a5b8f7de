import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, startServer, timed, type Given } from '../kit/processes.mts';
import { sameCount } from '../bench/report.mts';
import { newCurve, ofKind, panelOf, type Curve, type Growth, type Part } from './curves.mts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const QUICK = [1_000, 5_000, 20_000];
const MIB = 1024 * 1024;
/** Patience for a busy machine; a quiet one takes a tenth of it. */
const WITHIN_MS = 3_000_000;
const WARM_EVENTS = 5_000;
const SAMPLES = 40;

async function measure({ places, quick, rounds, say }: Growth): Promise<Curve[]> {
	const [single, together] = [newCurve('One event per run', 's'), newCurve('100 events per run', 's')];
	const [heap, rss] = [newCurve('Heap', 'MiB', 'memory'), newCurve('Resident memory', 'MiB', 'memory')];
	for (const size of quick ? QUICK : SIZES) {
		say(`${size.toLocaleString('en-US')} events`);
		const server = await startServer(places, { rows: size });
		const through = async (eventsPerRun: number, memory = false) => {
			const results = await inProcess(places, import.meta.url, throughTrigger, { ...server.access, events: size, eventsPerRun, rounds, memory }, WITHIN_MS);
			for (const [round, { delivered, different }] of results.entries()) sameCount(`round ${round + 1}`, size, { 'the trigger': delivered, 'different events': different });
			return results;
		};
		try {
			for (const [curve, eventsPerRun] of [[single, 1], [together, 100]] as const) curve.points.push({ size, values: (await through(eventsPerRun)).map(({ ms }) => ms / 1000) });
			const results = await through(1, true);
			heap.points.push({ size, values: results.map((result) => result.heap / MIB) });
			rss.points.push({ size, values: results.map((result) => result.rss / MIB) });
		} finally {
			await server.close();
		}
	}
	return [single, together, heap, rss];
}

export const events: Part = {
	title: 'Events through the trigger',
	about: 'From the start of the trigger to the last run; runs end at once.',
	measure,
	panels: (curves) => [panelOf('Time', 'Events', 'Time, s', ofKind(curves, 'time')), panelOf('Highest memory of the process', 'Events', 'MiB', ofKind(curves, 'memory'))],
};

/**
 * All events of a server from the earliest on, through the active trigger, into runs that end at once. With `memory` it is
 * sampled instead, with a garbage collection before each sample; times mean nothing then.
 */
export async function throughTrigger(input: Given & Access & { events: number; eventsPerRun: number; rounds: number; memory: boolean }) {
	const n8n = new N8nCore(input);
	const through = async (events: number, onEvents: (delivered: number) => void = () => undefined) => {
		let delivered = 0;
		// The rows of the server carry their number; one bit for each keeps the count itself small.
		const seen = new Uint8Array(input.events);
		let started: { stop(): Promise<unknown> } | undefined;
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`gave up after ${delivered} of ${events} events`)), WITHIN_MS / 3);
			const parameters = { startFrom: 'earliest', options: { eventsPerRun: input.eventsPerRun } };
			n8n.trigger(parameters, input, (items, end) => {
				for (const { json } of items) seen[Number(/\d+$/.exec(String(json.orderId))?.[0])] = 1;
				delivered += items.length;
				onEvents(delivered);
				end();
				if (delivered < events) return;
				clearTimeout(timer);
				resolve();
			}).then((trigger) => (started = trigger), reject);
		});
		return { close: async () => await started?.stop(), delivered: () => delivered, different: () => seen.reduce((sum, one) => sum + one, 0) };
	};

	await (await through(Math.min(WARM_EVENTS, input.events))).close();
	const results: Array<{ ms: number; heap: number; rss: number; delivered: number; different: number }> = [];
	for (let round = 0; round < input.rounds; round++) {
		let next = 0;
		let [heap, rss] = [0, 0];
		const sample = (delivered: number) => {
			if (!input.memory || delivered < next) return;
			next += input.events / SAMPLES;
			global.gc?.();
			const usage = process.memoryUsage();
			[heap, rss] = [Math.max(heap, usage.heapUsed), Math.max(rss, usage.rss)];
		};
		let end: Awaited<ReturnType<typeof through>> | undefined;
		const { ms } = await timed(async () => void (end = await through(input.events, sample)));
		await end?.close();
		results.push({ ms, heap, rss, delivered: end?.delivered() ?? 0, different: end?.different() ?? 0 });
	}
	return results;
}
