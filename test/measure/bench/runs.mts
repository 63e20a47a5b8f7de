import { until } from '../../../demo/lib/poll.mts';
import { runs, thousands, type Question } from './context.mts';
import { EVENTS_PER_RUN, FEWER_PER_RUN, IDS, PAGE, PLAIN, type FlowsServer } from './flows.mts';
import { ratioRow, sameCount } from './report.mts';

const PATIENCE_MS = 600_000;
const SIDES = {
	sse: { id: IDS.sseRuns, feed: PLAIN },
	started: { id: IDS.ourRunsStarted, feed: 'startedOnly' },
	finished: { id: IDS.ourRunsFinished, feed: 'finished' },
} as const;
type Side = keyof typeof SIDES;

/** P6: runs a second that n8n carries out, one event each, when many events come at once. */
export const executions: Question = async (bench) => {
	const flows = await bench.n8n();
	const events = bench.quick ? 100 : 600;
	const rates: Record<Side, number[]> = { sse: [], started: [], finished: [] };
	for (const { id, feed } of Object.values(SIDES)) await flows.listen(id, feed);
	try {
		for (let round = 0; round <= runs(bench); round++) {
			for (const side of Object.keys(SIDES) as Side[]) {
				const { id, feed } = SIDES[side];
				const before = await flows.finished(id);
				const began = Date.now();
				await flows.server.call('write', { count: events, to: [feed] });
				const ended = await flows.untilFinished(id, before.runs + events, PATIENCE_MS);
				if (round > 0) rates[side].push(events / ((ended - began) / 1000));
			}
		}
	} finally {
		for (const { id } of Object.values(SIDES)) await flows.n8n.deactivate(id);
	}
	const row = (side: Side, how: string, atLeast: number, note: string) =>
		ratioRow({ p: 'P6', what: `${thousands(events)} events at once, Deliver Next Event '${how}'`, unit: 'runs/s', ours: rates[side], peer: rates.sse, peerName: 'SSE Trigger', atLeast, notes: [note] });
	return [
		row('started', 'Immediately', 0.95, 'Runs that n8n stored as finished, until the last one was, from the first write on. One node behind the trigger that does nothing.'),
		row('finished', 'After Run Finishes', 0.85, 'Ours then runs one event after the other, in order; the SSE Trigger starts all of them at once.'),
	];
};

interface Work {
	seconds: number;
	/** Highest resident memory of n8n, MiB, and what it was before. */
	peak: number;
	before: number;
}

/** P7: a backlog until every event went through a finished run, beside paging it and looping over it, in a real n8n. */
export const backlog: Question = async (bench) => {
	const flows = await bench.n8n();
	const { rows: events } = flows.options;
	const work = async (id: string, run: (flows: FlowsServer, id: string) => Promise<number>): Promise<Work> => {
		await flows.n8n.restart();
		await flows.server.call('fresh');
		flows.n8n.forgetPeak();
		const before = flows.n8n.usage()?.rss ?? NaN;
		const seconds = await run(flows, id);
		const peak = flows.n8n.usage()?.peak ?? NaN;
		await flows.n8n.deactivate(id);
		sameCount('items of a backlog', events, { [id]: (await flows.state()).items });
		bench.say(`${id}: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MiB`);
		return { seconds, peak, before };
	};
	const [ours, peer]: [Work[], Work[]] = [[], []];
	for (const id of IDS.ourBacklog.slice(0, bench.quick ? 1 : undefined)) {
		ours.push(await work(id, streamed(EVENTS_PER_RUN)));
		peer.push(await work(IDS.pagedBacklog, paged));
	}
	const fewer = await work(IDS.ourSmallRuns, streamed(FEWER_PER_RUN));
	const row = (what: string, unit: string, value: (one: Work) => number, bounds: { atLeast?: number; atMost?: number; notes?: string[] } = {}, own = ours, other = peer) =>
		ratioRow({ p: 'P7', what, unit, ours: own.map(value), peer: other.map(value), peerName: 'Schedule + HTTP paging + loop', ...bounds });
	const perSecond = ({ seconds }: Work) => events / seconds;
	const what = `Backlog of ${thousands(events)} to finished runs`;
	const note = `Each run (ours) and each turn of the loop (peer, ${PAGE} items) makes one HTTP call; pages of ${PAGE}. A new n8n process for each.`;
	const rows = [row(`${what}, ${EVENTS_PER_RUN} events a run`, 'events/s', perSecond, { atLeast: 0.9, notes: [note] }), row(`${what}, ${FEWER_PER_RUN} events a run`, 'events/s', perSecond, {}, [fewer], peer.slice(-1))];
	if (ours.some(({ peak }) => Number.isNaN(peak))) return rows;
	const whole = 'The whole n8n process, of which a part is there before anything runs; the next line is without that part.';
	return [
		...rows,
		row(`Highest resident memory of n8n, ${EVENTS_PER_RUN} events a run`, 'MiB', ({ peak }) => peak, { atMost: 0.8, notes: [whole] }),
		row('The same, growth over n8n before it', 'MiB', ({ peak, before }) => peak - before),
	];
};

/** From the switch-on of our trigger to the end of the last run. */
const streamed = (perRun: number) => async (flows: FlowsServer, id: string) => {
	const began = Date.now();
	await flows.n8n.activate(id);
	return ((await flows.untilFinished(id, flows.options.rows / perRun, PATIENCE_MS)) - began) / 1000;
};

/** From the start of the scheduled run that found the backlog to its end: waiting for the schedule does not count. */
async function paged(flows: FlowsServer, id: string): Promise<number> {
	await flows.server.call('offerBacklog');
	const asked = new Date().toISOString().replace('T', ' ').replace('Z', '');
	await flows.n8n.activate(id);
	const ended = async () => {
		await flows.finished(id);
		if ((await flows.state()).items < flows.options.rows) return undefined;
		const [row] = await flows.n8n.query(
			`SELECT MAX((julianday(stoppedAt) - julianday(startedAt)) * 86400) AS seconds, SUM(status = 'running') AS running
			FROM execution_entity WHERE workflowId = ? AND startedAt >= ?`,
			id,
			asked,
		);
		return Number(row.running) === 0 && Number(row.seconds);
	};
	return await until('the run of the backlog to end', ended, { timeoutMs: PATIENCE_MS, everyMs: 1_000 });
}
