import { performance } from 'node:perf_hooks';
import type { IDataObject } from 'n8n-workflow';

import { bareStream, subscription } from '../kit/bareStream.mts';
import { N8nCore, type Access, type OnItems } from '../kit/n8nCore.mts';
import { inProcess, startServer, type Given } from '../kit/processes.mts';
import { distribution } from '../kit/stats.mts';
import { runs, thousands, type Question } from './context.mts';
import { ratioRow, sameCount, valueRow } from './report.mts';

const DAY = '2026-01-01T00:00:00.000Z';
const PEER = 'bare stream + parser';

/** P4: from the write on the server to the call of `emit`, beside a bare stream and parser. */
export const path: Question = async (bench) => {
	const [events, backlog] = bench.quick ? [100, 5_000] : [200, 20_000];
	const server = await startServer(bench.places, { rows: backlog });
	try {
		const input = { ...server.access, server: server.url, events, everyMs: 5, rounds: runs(bench), backlog };
		const { live, backlogs } = await inProcess(bench.places, import.meta.url, wayOfAnEvent, input);
		for (const [index, round] of live.ours.entries()) sameCount('live events', events, { 'our trigger': round.length, 'the bare stream': live.peer[index].length });
		const quantile = (rounds: number[][], which: 'p50' | 'p99') => rounds.map((round) => distribution(round)?.[which] ?? NaN);
		const perSecond = (values: number[]) => values.map((ms) => backlog / ms);
		const throughput = (what: string, ours: number[], notes: string[] = []) => ratioRow({ what, unit: 'k events/s', ours: perSecond(ours), peer: perSecond(backlogs.peer), peerName: 'bare stream', notes });
		return [
			ratioRow({
				p: 'P4',
				what: 'Server write to emit, p50',
				unit: 'ms',
				ours: quantile(live.ours, 'p50'),
				peer: quantile(live.peer, 'p50'),
				peerName: PEER,
				atMost: 1.5,
				notes: [`${events} events in each run, one every 5 ms, with a full window of seen events. The peer is fetch, eventsource-parser and JSON.parse.`],
			}),
			valueRow({ p: 'P4', what: 'Server write to emit, p99', unit: 'ms', digits: 1, ours: quantile(live.ours, 'p99'), peer: { name: PEER, values: quantile(live.peer, 'p99') }, atMost: 10 }),
			throughput(`Backlog of ${thousands(backlog)} through the trigger, 1 event per run`, backlogs.single, ['Runs end at once; n8n itself starts a few hundred runs a second.']),
			throughput('The same, 100 events per run', backlogs.batches),
		];
	} finally {
		await server.close();
	}
};

const since = (serial: unknown) => Number(process.hrtime.bigint() - BigInt(String(serial))) / 1e6;

/** Opens a stream that tells the serials of its events. @returns what closes it */
type Open = (onSerials: (serials: unknown[]) => void) => Promise<() => Promise<void>>;
/** Each side has its own, so that our trigger does not catch up with what was written for the other one. */
type Feed = 'graph' | 'bare';

/** The way of an event through the active trigger, on n8n's own trigger context; runs end at once. */
export async function wayOfAnEvent(input: Given & Access & { server: string; events: number; everyMs: number; rounds: number; backlog: number }) {
	const n8n = new N8nCore(input);
	/** Milliseconds from the write on the server to the call of `emit` (bare: to the parsed row), for each round. */
	const live = { ours: [] as number[][], peer: [] as number[][] };
	/** Milliseconds from the start of the trigger to the last row. */
	const backlogs = { single: [] as number[], batches: [] as number[], peer: [] as number[] };
	let staticData: IDataObject = {};
	const ours = (parameters: object): Open => async (onSerials) => {
		const onItems: OnItems = (items, end) => {
			onSerials(items.map(({ json }) => json.producedSerial));
			end();
		};
		const started = await n8n.trigger(parameters as IDataObject, input, onItems, staticData);
		return async () => {
			staticData = settled(await started.stop());
		};
	};
	const bare = (cursor?: string): Open => async (onSerials) => {
		const stream = await bareStream(input.endpoint.replace('/graph/', '/bare/'), subscription(cursor), (rows) => onSerials(rows.map(({ endState }) => (endState as { producedSerial: string }).producedSerial)));
		return async () => {
			stream.close();
			await stream.ended;
		};
	};
	/** Milliseconds from the write of each live event to its arrival, and those until `count` events had come. */
	const through = async (open: Open, count: number, feed: Feed = 'graph', everyMs?: number) => {
		const latencies: number[] = [];
		let arrived = 0;
		let resolve = () => undefined as void;
		const all = new Promise<void>((done, fail) => {
			const timer = setTimeout(() => fail(new Error(`gave up after ${arrived} of ${count} events`)), 120_000);
			resolve = () => {
				clearTimeout(timer);
				done();
			};
		});
		const began = performance.now();
		const from = process.hrtime.bigint();
		const close = await open((serials) => {
			// The last event of a stopped trigger comes again; only events of this round count.
			const counted = everyMs === undefined ? serials : serials.filter((serial) => BigInt(String(serial)) >= from);
			arrived += counted.length;
			if (everyMs !== undefined) latencies.push(...counted.map(since));
			if (arrived >= count) resolve();
		});
		if (everyMs !== undefined) await fetch(`${input.server}/control/write`, { method: 'POST', body: JSON.stringify({ count, everyMs, to: [feed] }) });
		await all;
		const ms = performance.now() - began;
		await close();
		return { latencies, ms };
	};
	const { events, everyMs, rounds, backlog } = input;

	// Warm-up, which also fills the window of seen events to what it is in daily use.
	await through(ours({}), 1_500, 'graph', 0);
	await through(bare(), 500, 'bare', 0);
	for (let round = 0; round < rounds; round++) {
		live.ours.push((await through(ours({}), events, 'graph', everyMs)).latencies);
		live.peer.push((await through(bare(), events, 'bare', everyMs)).latencies);
	}
	for (let round = 0; round <= rounds; round++) {
		const since2026 = (eventsPerRun: number) => ours({ startFrom: 'date', startDate: DAY, options: { eventsPerRun, positionResetKey: `${eventsPerRun} ${round}` } });
		for (const [side, open] of [['single', since2026(1)], ['batches', since2026(100)], ['peer', bare(DAY)]] as const) {
			const { ms } = await through(open, backlog);
			if (round > 0) backlogs[side].push(ms);
		}
	}
	return { live, backlogs };
}

/** Stored state as after a clean stop. The server sends live events only once, so none may be waited for at the start. */
function settled(staticData: IDataObject): IDataObject {
	const copy = JSON.parse(JSON.stringify(staticData)) as { global?: Record<string, IDataObject> };
	for (const state of Object.values(copy.global ?? {})) state.inFlight = null;
	return copy as IDataObject;
}
