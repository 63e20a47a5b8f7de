import type { IRun, ITriggerResponse } from 'n8n-workflow';

import { N8nCore, type Access, type Given } from '../../bench/lib/n8n.mts';
import { timed } from '../../bench/lib/timed.mts';

export interface EventsInput extends Given, Access {
	/** Rows that the server holds. */
	events: number;
	eventsPerRun: number;
	rounds: number;
	/** Sample the memory instead, with a garbage collection before each sample; times mean nothing then. */
	memory: boolean;
}

export interface EventsResult {
	/** For each round: from the start of the trigger to the last run, milliseconds; processor time of this process. */
	ms: number[];
	cpuMs: number[];
	/** For each round, bytes: highest use of the heap, and of resident memory, both after a garbage collection. */
	heap: number[];
	rss: number[];
	/** Events that started a run, in each round. */
	delivered: number[];
	/** Of these, different ones. */
	different: number[];
}

const WARM_EVENTS = 5_000;
const SAMPLES = 40;
const WITHIN_MS = 900_000;
const DONE = { status: 'success', finished: true, data: { resultData: {} } } as unknown as IRun;

/** All events of a server from the earliest on, through the active trigger, into runs that end at once. */
export async function measure(input: EventsInput): Promise<EventsResult> {
	const n8n = new N8nCore(input);
	const result: EventsResult = { ms: [], cpuMs: [], heap: [], rss: [], delivered: [], different: [] };
	const options = { eventsPerRun: input.eventsPerRun };

	const through = async (events: number, onEvents: (delivered: number) => void = () => undefined) => {
		let delivered = 0;
		// The rows of the server carry their number; one bit for each keeps the count itself small.
		const seen = new Uint8Array(input.events);
		let finish = () => undefined as void;
		let fail = (_error: Error) => undefined as void;
		const all = new Promise<void>((resolve, reject) => ([finish, fail] = [resolve, reject]));
		const { context, type } = n8n.triggerContext({ event: 'orderCompleted', startFrom: 'earliest', options }, input, (data, done) => {
			for (const { json } of data[0]) seen[Number(/\d+$/.exec(String(json.orderId))?.[0])] = 1;
			delivered += data[0].length;
			onEvents(delivered);
			if (delivered >= events) finish();
			done?.resolve(DONE);
		});
		const timer = setTimeout(() => fail(new Error(`gave up after ${delivered} of ${events} events`)), WITHIN_MS);
		const started = (await type.trigger?.call(context)) as ITriggerResponse;
		await all;
		clearTimeout(timer);
		return { close: async () => await started.closeFunction?.(), counts: () => ({ delivered, different: seen.reduce((sum, one) => sum + one, 0) }) };
	};

	await (await through(Math.min(WARM_EVENTS, input.events))).close();
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
		const { ms, cpuMs } = await timed(async () => void (end = await through(input.events, sample)));
		await end?.close();
		const { delivered, different } = end?.counts() ?? { delivered: 0, different: 0 };
		for (const [list, value] of [
			[result.ms, ms],
			[result.cpuMs, cpuMs],
			[result.heap, heap],
			[result.rss, rss],
			[result.delivered, delivered],
			[result.different, different],
		] as const) list.push(value);
	}
	return result;
}
