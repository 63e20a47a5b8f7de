import { FatalError, until } from '../../../../demo/lib/poll.mts';
import type { FlowsServer } from '../lib/flowsServer.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { BATCH, IDS } from '../lib/workflows.mts';
import { thousands, type Bench, type Measure } from './context.mts';

const PATIENCE_MS = 600_000;

interface Work {
	seconds: number;
	/** Highest resident memory of n8n, MiB, and what it was before. */
	peak: number;
	before: number;
}

/** P7: a backlog until every event went through a finished run, beside paging it and looping over it, in a real n8n. */
export const finish: Measure = async (bench) => {
	const n8n = await bench.n8n();
	const events = n8n.options.rows;
	const [ours, peer]: [Work[], Work[]] = [[], []];
	for (const id of IDS.ourBacklog.slice(0, bench.quick ? 1 : undefined)) {
		ours.push(await work(bench, n8n, id, streamed));
		peer.push(await work(bench, n8n, IDS.pagedBacklog, paged));
	}
	const what = `Backlog of ${thousands(events)} to finished runs`;
	const peerName = 'Schedule + HTTP paging + loop';
	const of = (side: Work[], value: keyof Work) => side.map((one) => one[value]);
	const rows: Row[] = [
		ratioRow({
			p: 'P7',
			what,
			unit: 'events/s',
			ours: of(ours, 'seconds').map((seconds) => events / seconds),
			peer: of(peer, 'seconds').map((seconds) => events / seconds),
			peerName,
			atLeast: 3,
			notes: [
				`${BATCH} events a run (ours) and a turn of the loop (peer), each with one HTTP call of its own; pages of ${BATCH}. A new n8n process for each.`,
			],
		}),
	];
	if (ours.some(({ peak }) => Number.isNaN(peak))) return rows;
	return [
		...rows,
		ratioRow({
			p: 'P7',
			what: 'The same, highest resident memory of n8n',
			unit: 'MiB',
			ours: of(ours, 'peak'),
			peer: of(peer, 'peak'),
			peerName,
			atMost: 0.5,
			notes: ['The whole n8n process, of which a part is there before anything runs; the next line is without that part.'],
		}),
		ratioRow({
			p: 'P7',
			what: 'The same, growth over n8n before it',
			unit: 'MiB',
			ours: ours.map(({ peak, before }) => peak - before),
			peer: peer.map(({ peak, before }) => peak - before),
			peerName,
		}),
	];
};

async function work(
	bench: Bench,
	n8n: FlowsServer,
	id: string,
	run: (n8n: FlowsServer, id: string) => Promise<number>,
): Promise<Work> {
	const { flows, options } = n8n;
	await flows.restart();
	await n8n.server.call('fresh');
	flows.forgetPeak();
	const before = flows.memory()?.now ?? Number.NaN;
	const seconds = await run(n8n, id);
	const peak = flows.memory()?.peak ?? Number.NaN;
	await flows.deactivate(id);
	sameCount('items of a backlog', options.rows, { [id]: (await n8n.state()).items });
	bench.say(`${id}: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MiB`);
	return { seconds, peak, before };
}

/** From the switch-on of our trigger to the end of the last run. */
async function streamed({ flows, options }: FlowsServer, id: string): Promise<number> {
	const began = Date.now();
	await flows.activate(id);
	return ((await flows.untilFinished(id, options.rows / BATCH, PATIENCE_MS)) - began) / 1000;
}

/** From the start of the scheduled run that found the backlog to its end: waiting for the schedule does not count. */
async function paged(n8n: FlowsServer, id: string): Promise<number> {
	const { flows, options } = n8n;
	await n8n.server.call('offerBacklog');
	const asked = new Date().toISOString().replace('T', ' ').replace('Z', '');
	await flows.activate(id);
	return await until(
		'the run of the backlog to end',
		async () => {
			const { failed } = await flows.finished(id);
			if (failed > 0) throw new FatalError(`${failed} runs of ${id} failed`);
			if ((await n8n.state()).items < options.rows) return undefined;
			const [row] = await flows.query(
				`SELECT MAX((julianday(stoppedAt) - julianday(startedAt)) * 86400) AS seconds, SUM(status = 'running') AS running
				FROM execution_entity WHERE workflowId = ? AND startedAt >= ?`,
				id,
				asked,
			);
			return Number(row.running) === 0 && Number(row.seconds);
		},
		{ timeoutMs: PATIENCE_MS, everyMs: 1_000 },
	);
}
