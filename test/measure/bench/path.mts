import { performance } from 'node:perf_hooks';
import type { IDataObject } from 'n8n-workflow';

import { bareStream, subscription } from '../kit/bareStream.mts';
import { N8nCore, type Access } from '../kit/n8nCore.mts';
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

/** The way of an event through the active trigger, on n8n's own trigger context; runs end at once. */
export async function wayOfAnEvent(input: Given & Access & { server: string; events: number; everyMs: number; rounds: number; backlog: number }) {
	const n8n = new N8nCore(input);
	/** Milliseconds from the write on the server to the call of `emit` (bare: to the parsed row), for each round. */
	const live = { ours: [] as number[][], peer: [] as number[][] };
	/** Milliseconds from the start of the trigger to the last row. */
	const backlogs = { single: [] as number[], batches: [] as number[], peer: [] as number[] };
	let staticData: IDataObject = {};

	/** Counts the events that come until enough have. */
	const counter = (wanted: number) => {
		let count = 0;
		let add: (more: number) => void = () => undefined;
		const all = new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`gave up after ${count} of ${wanted} events`)), 120_000);
			add = (more) => {
				count += more;
				if (count < wanted) return;
				clearTimeout(timer);
				resolve();
			};
		});
		return { all, add };
	};
	const write = async (count: number, everyMs: number) => {
		await fetch(`${input.server}/control/write`, { method: 'POST', body: JSON.stringify({ count, everyMs, to: ['graph'] }) });
	};
	const ours = async (events: number, everyMs: number) => {
		const latencies: number[] = [];
		const { all, add } = counter(events);
		const onItems = ([{ json }]: Array<{ json: IDataObject }>, end: () => void) => {
			latencies.push(since(json.producedSerial));
			add(1);
			end();
		};
		const started = await n8n.trigger({}, input, onItems, staticData);
		await write(events, everyMs);
		await all;
		staticData = settled(await started.stop());
		return latencies;
	};
	const bare = async (events: number, everyMs: number) => {
		const latencies: number[] = [];
		const { all, add } = counter(events);
		const stream = await bareStream(input.endpoint, subscription(), (rows) => {
			for (const { endState } of rows) latencies.push(since((endState as { producedSerial: string }).producedSerial));
			add(rows.length);
		});
		await write(events, everyMs);
		await all;
		stream.close();
		await stream.ended;
		return latencies;
	};
	const ourBacklog = async (eventsPerRun: number, positionResetKey: string) => {
		const { all, add } = counter(input.backlog);
		const began = performance.now();
		const started = await n8n.trigger({ startFrom: 'date', startDate: DAY, options: { eventsPerRun, positionResetKey } }, input, (items, end) => {
			add(items.length);
			end();
		}, staticData);
		await all;
		const ms = performance.now() - began;
		staticData = settled(await started.stop());
		return ms;
	};
	const bareBacklog = async () => {
		const { all, add } = counter(input.backlog);
		const began = performance.now();
		const stream = await bareStream(input.endpoint, subscription(DAY), (rows) => add(rows.length));
		await all;
		const ms = performance.now() - began;
		stream.close();
		await stream.ended;
		return ms;
	};

	// Warm-up, which also fills the window of seen events to what it is in daily use.
	await ours(1_500, 0);
	await bare(500, 0);
	for (let round = 0; round < input.rounds; round++) {
		live.ours.push(await ours(input.events, input.everyMs));
		live.peer.push(await bare(input.events, input.everyMs));
	}
	for (let round = 0; round <= input.rounds; round++) {
		const [single, batches, peer] = [await ourBacklog(1, `a${round}`), await ourBacklog(100, `b${round}`), await bareBacklog()];
		if (round === 0) continue;
		backlogs.single.push(single);
		backlogs.batches.push(batches);
		backlogs.peer.push(peer);
	}
	return { live, backlogs };
}

/** Stored state as after a clean stop. The server sends live events only once, so none may be waited for at the start. */
function settled(staticData: IDataObject): IDataObject {
	const copy = JSON.parse(JSON.stringify(staticData)) as { global?: Record<string, IDataObject> };
	for (const state of Object.values(copy.global ?? {})) state.inFlight = null;
	return copy as IDataObject;
}
