import { startSandboxProcess } from '../../kit/sandbox.mts';
import { measureInProcess, startServer } from '../lib/processes.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { pairedRatio, series } from '../lib/stats.mts';
import type { ReplayInput, ReplayResult } from '../measure/replay.mts';
import { timeOf } from '../server/rows.mts';
import { accessOf, RUNS, type Measure } from './context.mts';

const EVENTS = 100_000;
const SLOW_EVENTS = 20_000;
const MIB = 1024 * 1024;

/** Reading past completions through the stream beside paging them, and what it does to the memory. */
export const replay: Measure = async ({ places }) => {
	const server = await startServer(places, { rows: EVENTS + 1 });
	const endpoint = `${server.url}/graph/v2`;
	const measure = async (input: Partial<ReplayInput>, events: number) => {
		const base = {
			endpoint,
			token: 'bench',
			pages: endpoint,
			from: timeOf(0),
			to: timeOf(events - 1),
			rounds: RUNS,
			consumerMs: 0,
			memory: false,
			peer: true,
		};
		const result = await measureInProcess<ReplayResult>(places, 'replay', { ...base, ...input });
		sameCount('replaying completions', events, { 'our stream': result.oursRows });
		if (!input.memory) sameCount('paging completions', events, { 'the paging client': result.peerRows });
		return result;
	};
	const timesRow = (what: string, result: ReplayResult, least: number, notes: string[]): Row => {
		const ratio = 1 / pairedRatio(result.ours, result.peer);
		const peer = { name: 'graphql-request, 100 a page', ...series(result.peer) };
		return {
			what,
			unit: 'ms',
			ours: series(result.ours),
			peer,
			result: ratio,
			shown: `${ratio.toFixed(1)}x faster`,
			target: { text: `>= ${least}x faster`, met: ratio >= least },
			notes,
		};
	};
	const memoryRow = (what: string, results: ReplayResult[], notes: string[]): Row => {
		const growth = series(results.map(({ growth: { rss } }) => rss / MIB));
		return {
			what,
			unit: 'MiB',
			ours: growth,
			result: growth.median,
			shown: `${growth.median.toFixed(1)} MiB`,
			target: { text: '<= 16 MiB', met: growth.median <= 16 },
			notes,
		};
	};
	const threeTimes = async (input: Partial<ReplayInput>, events: number) => [
		await measure(input, events),
		await measure(input, events),
		await measure(input, events),
	];
	try {
		const rows: Row[] = [];
		const quick = await measure({}, EVENTS);
		rows.push(
			timesRow(`Replay ${EVENTS.toLocaleString('en-US')} completions, loopback`, quick, 4, [
				'The documented API has no paging, so a small server of the bench serves the same prepared rows as stream (100 a frame) and as pages of 100: neither side waits for a GraphQL engine. Loopback without latency is the best case for paging.',
				`Processor time of the client, median: ours ${series(quick.oursCpu).median.toFixed(0)} ms, paging ${series(quick.peerCpu).median.toFixed(0)} ms.`,
			]),
		);
		await server.call('settings', { latencyMs: 20 });
		const far = await measure({ rounds: 1 }, EVENTS);
		rows.push(
			timesRow(`Replay ${EVENTS.toLocaleString('en-US')} completions, 20 ms latency`, far, 4, [
				'One run after a warm-up: paging takes half a minute.',
			]),
		);
		await server.call('settings', { latencyMs: 0 });

		const note =
			'Growth of the resident memory over a warmed-up process: highest of samples taken every 20 batches, each after a garbage collection. Three processes.';
		rows.push(
			memoryRow(
				`Memory for ${EVENTS.toLocaleString('en-US')} completions`,
				await threeTimes({ memory: true }, EVENTS),
				[note],
			),
		);
		const slow = await threeTimes({ memory: true, consumerMs: 10 }, SLOW_EVENTS);
		rows.push(memoryRow(`Memory for ${SLOW_EVENTS.toLocaleString('en-US')}, consumer takes 10 ms a batch`, slow, []));
		rows.push(await throughSandbox(places));
		return rows;
	} finally {
		await server.close();
	}
};

/** The same through the GraphQL engine of the sandbox, for the order of magnitude: the engine is what takes the time. */
async function throughSandbox(places: Parameters<Measure>[0]['places']): Promise<Row> {
	const sandbox = await startSandboxProcess();
	try {
		await sandbox.control('POST', 'completions/bulk', { count: EVENTS + 1, startAt: timeOf(0), stepNs: 1_000_000 });
		const window = {
			from: timeOf(0),
			to: timeOf(EVENTS - 1),
			pages: '',
			rounds: 3,
			consumerMs: 0,
			memory: false,
			peer: false,
		};
		const result = await measureInProcess<ReplayResult>(places, 'replay', { ...accessOf(sandbox), ...window });
		sameCount('replaying completions of the sandbox', EVENTS, { 'our stream': result.oursRows });
		const ours = series(result.ours);
		const perSecond = EVENTS / (ours.median / 1000);
		return {
			what: 'Replay from the sandbox',
			unit: 'ms',
			ours,
			result: perSecond,
			shown: `${Math.round(perSecond / 1000)} k/s`,
			notes: ['Three runs; limited by the GraphQL engine of the sandbox.'],
		};
	} finally {
		await sandbox.close();
	}
}
