import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-sse';

import { subscription } from '../kit/bareStream.mts';
import { timeOf } from '../kit/eventServer/rows.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
import { inProcess, startServer, type Given } from '../kit/processes.mts';
import { thousands, type Question } from './context.mts';
import { ratioRow, sameCount, valueRow } from './report.mts';

const MIB = 1024 * 1024;
const CONSUMER_MS = 10;
const LEAST_MIB = 0.1;
const WARM_ROWS = 5_000;

/** P8: memory that waits with a slow consumer, beside `iterate` of graphql-sse; and through the active trigger. */
export const memory: Question = async (bench) => {
	const events = bench.quick ? 20_000 : 100_000;
	const server = await startServer(bench.places, { rows: events });
	try {
		const growth: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] };
		for (let run = 0; run < (bench.quick ? 1 : 5); run++) {
			for (const side of ['ours', 'peer'] as const) {
				const result = await inProcess(bench.places, import.meta.url, slowReading, { ...server.access, side, events, from: timeOf(0), to: timeOf(events - 1), document: subscription(timeOf(-1)) });
				sameCount('replayed completions', events, { [side]: result.rows });
				growth[side].push(Math.max(LEAST_MIB, result.growth / MIB));
			}
		}
		const common = { unit: 'MiB', digits: 1 };
		const rows = [
			valueRow({
				...common,
				p: 'P8',
				what: `Memory growth, replay of ${thousands(events)}, consumer ${CONSUMER_MS} ms a batch`,
				ours: growth.ours,
				atMost: 16,
				notes: ['Resident memory over a warmed-up process: highest of samples every 20 batches, each after a garbage collection. A new process for each.'],
			}),
			ratioRow({ p: 'P8', what: 'The same beside a client', unit: 'MiB', ...growth, peerName: 'graphql-sse iterate', atMost: 0.3 }),
		];
		if (bench.quick) return rows;
		const through = await inProcess(bench.places, import.meta.url, slowRuns, { ...server.access, events, eventsPerRun: 50 });
		sameCount('backlog', events, { trigger: through.delivered });
		const notes = [`50 events a run, runs of ${CONSUMER_MS} ms, ${through.seconds.toFixed(0)} s; one process.`];
		return [...rows, valueRow({ ...common, what: `Memory growth, backlog of ${thousands(events)} through the trigger`, ours: [through.growth / MIB], atMost: 16, notes })];
	} finally {
		await server.close();
	}
};

/** Highest growth of resident memory over a baseline, in bytes. */
function watchMemory() {
	const now = () => {
		global.gc?.();
		return process.memoryUsage.rss();
	};
	const base = now();
	let growth = 0;
	return { sample: () => void (growth = Math.max(growth, now() - base)), growth: () => growth };
}

/** Reads past completions with a slow consumer, through our replay or with `iterate` of graphql-sse. */
export async function slowReading(input: Given & Access & { side: 'ours' | 'peer'; document: string; from: string; to: string; events: number }) {
	const n8n = new N8nCore(input);
	const { replay } = n8n.ours('api/replay');
	const { orderCompleted } = n8n.ours('events/kinds/index');
	const client = await n8n.client(input);

	async function* batches(): AsyncGenerator<unknown[]> {
		if (input.side === 'ours') return yield* replay(client, orderCompleted, { from: input.from, to: input.to, batchSize: 100 });
		const peer = createClient({ url: input.endpoint, retryAttempts: 0 });
		for await (const { data } of peer.iterate<{ operationOrderCompletesStream: unknown[] }>({ query: input.document })) yield data?.operationOrderCompletesStream ?? [];
	}
	const consume = async (events: number, consumerMs: number, sample: () => void = () => undefined) => {
		let [rows, taken] = [0, 0];
		for await (const batch of batches()) {
			rows += batch.length;
			if (consumerMs > 0) await pause(consumerMs);
			if (taken++ % 20 === 0) sample();
			if (rows >= events) break;
		}
		sample();
		return rows;
	};
	await consume(WARM_ROWS, 0);
	// What the warm-up left on its way has to be gone.
	await pause(500);
	const memory = watchMemory();
	const rows = await consume(input.events, CONSUMER_MS, memory.sample);
	return { rows, growth: memory.growth() };
}

/** A backlog through the active trigger into a slow workflow: how much memory waits with it. */
export async function slowRuns(input: Given & Access & { events: number; eventsPerRun: number }) {
	const n8n = new N8nCore(input);
	const through = async (events: number, sample: () => void = () => undefined) => {
		let delivered = 0;
		let stopping = false;
		const started = await n8n.trigger({ startFrom: 'earliest', options: { eventsPerRun: input.eventsPerRun } }, input, (items, end) => {
			if (stopping) return;
			if (Math.floor(delivered / 2_000) < Math.floor((delivered += items.length) / 2_000)) sample();
			void pause(CONSUMER_MS).then(end);
		});
		for (const deadline = Date.now() + 600_000; delivered < events; await pause(20)) {
			if (Date.now() > deadline) throw new Error(`gave up after ${delivered} of ${events} events`);
		}
		stopping = true;
		await started.stop();
		return delivered;
	};
	await through(WARM_ROWS);
	const memory = watchMemory();
	const began = Date.now();
	const delivered = await through(input.events, memory.sample);
	return { delivered, growth: memory.growth(), seconds: (Date.now() - began) / 1000 };
}
