import { subscription } from '../lib/bareStream.mts';
import { measureInProcess, startServer, type Server } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { valueRow } from '../lib/valueRow.mts';
import type { BacklogResult } from '../measure/backlog.mts';
import type { MemoryResult } from '../measure/memory.mts';
import { timeOf } from '../server/rows.mts';
import { thousands, type Bench, type Measure } from './context.mts';

const MIB = 1024 * 1024;
const CONSUMER_MS = 10;
const LEAST_MIB = 0.1;

/** P8: memory that waits with a slow consumer, beside `iterate` of graphql-sse; and through the active trigger. */
export const memory: Measure = async (bench) => {
	const events = bench.quick ? 20_000 : 100_000;
	const server = await startServer(bench.places, { rows: events });
	try {
		const growth: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] };
		const access = { endpoint: `${server.url}/graph/v2`, token: 'bench' };
		for (let run = 0; run < (bench.quick ? 1 : 5); run++) {
			for (const side of ['ours', 'peer'] as const) {
				const window = { from: timeOf(0), to: timeOf(events - 1), document: subscription(timeOf(-1)) };
				const input = { ...access, ...window, side, events, consumerMs: CONSUMER_MS };
				const result = await measureInProcess<MemoryResult>(bench.places, 'memory', input);
				sameCount('replayed completions', events, { [side]: result.rows });
				growth[side].push(Math.max(LEAST_MIB, result.growth.rss / MIB));
			}
		}
		const what = `Memory growth, replay of ${thousands(events)}, consumer ${CONSUMER_MS} ms a batch`;
		return [
			valueRow({
				p: 'P8',
				what,
				unit: 'MiB',
				digits: 1,
				ours: growth.ours,
				atMost: 16,
				notes: ['Resident memory over a warmed-up process: highest of samples every 20 batches, each after a garbage collection. A new process for each.'],
			}),
			ratioRow({ p: 'P8', what: 'The same beside a client', unit: 'MiB', ...growth, peerName: 'graphql-sse iterate', atMost: 0.3 }),
			...(bench.quick ? [] : [await throughTrigger(bench, server, events)]),
		];
	} finally {
		await server.close();
	}
};

async function throughTrigger({ places }: Bench, server: Server, events: number): Promise<Row> {
	const input = { endpoint: `${server.url}/graph/v2`, token: 'bench', events, eventsPerRun: 50, runMs: CONSUMER_MS };
	const result = await measureInProcess<BacklogResult>(places, 'backlog', input);
	sameCount('backlog', events, { trigger: result.delivered });
	return valueRow({
		what: `Memory growth, backlog of ${thousands(events)} through the trigger`,
		unit: 'MiB',
		digits: 1,
		ours: [result.growth.rss / MIB],
		atMost: 16,
		notes: [`50 events a run, runs of ${CONSUMER_MS} ms, ${result.seconds.toFixed(0)} s; one process.`],
	});
}
