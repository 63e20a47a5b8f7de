import { ratioRow } from '../lib/ratioRow.mts';
import { IDS } from '../lib/workflows.mts';
import { PLAIN } from '../server/feeds.mts';
import { runs, thousands, type Measure } from './context.mts';

const PATIENCE_MS = 300_000;
const SIDES = {
	sse: { id: IDS.sseRuns, feed: PLAIN },
	started: { id: IDS.ourRunsStarted, feed: 'startedOnly' },
	finished: { id: IDS.ourRunsFinished, feed: 'finished' },
} as const;
type Side = keyof typeof SIDES;

/** P6: runs a second that n8n carries out, one event each, when many events come at once. */
export const executions: Measure = async (bench) => {
	const n8n = await bench.n8n();
	const events = bench.quick ? 100 : 600;
	const rates: Record<Side, number[]> = { sse: [], started: [], finished: [] };
	for (const { id, feed } of Object.values(SIDES)) await n8n.listen(id, feed);
	try {
		for (let round = 0; round <= runs(bench); round++) {
			for (const [side, { id, feed }] of Object.entries(SIDES) as Array<[Side, (typeof SIDES)[Side]]>) {
				const before = await n8n.flows.finished(id);
				const began = Date.now();
				await n8n.server.call('write', { count: events, to: [feed] });
				const ended = await n8n.flows.untilFinished(id, before.runs + events, PATIENCE_MS);
				if (round > 0) rates[side].push(events / ((ended - began) / 1000));
			}
		}
	} finally {
		for (const { id } of Object.values(SIDES)) await n8n.flows.deactivate(id);
	}
	const row = (side: Side, what: string, atLeast: number, notes: string[]) =>
		ratioRow({
			p: 'P6',
			what: `${thousands(events)} events at once, ${what}`,
			unit: 'runs/s',
			ours: rates[side],
			peer: rates.sse,
			peerName: 'SSE Trigger',
			atLeast,
			notes,
		});
	return [
		row('started', "Deliver Next Event 'Immediately'", 0.95, [
			'Runs that n8n stored as finished, until the last one was, from the first write on. One node behind the trigger that does nothing.',
		]),
		row('finished', "Deliver Next Event 'After Run Finishes'", 0.8, [
			'Ours then runs one event after the other, in order; the SSE Trigger starts all of them at once.',
		]),
	];
};
