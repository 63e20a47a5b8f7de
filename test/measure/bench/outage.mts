import { pause, until } from '../../../demo/lib/poll.mts';
import { flow, picoCredential } from '../kit/flows.mts';
import { N8nPlant } from '../kit/n8nPlant.mts';
import { packed } from '../kit/places.mts';
import type { Question } from './context.mts';
import { sameCount, valueRow } from './report.mts';

const FLOW = 'benchOutage00001';
const PATIENCE_MS = 900_000;

/** P16: an ERP that is away while the floor goes on, one event a second: how long after its return everything is booked. */
export const outage: Question = async (bench) => {
	const awaySeconds = bench.quick ? 30 : 600;
	const tarballs = [await packed(bench.places)];
	const plant = await N8nPlant.with(({ sandbox, collector }) => ({
		tarballs,
		credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
		workflows: [flow({ id: FLOW, trigger: { deliverNext: 'afterSuccess' } }, collector.url)],
	}));
	const forget = bench.onEnd(async () => await plant.close());
	try {
		await plant.reset();
		await plant.n8n.start();
		await plant.activate(FLOW);
		return await measured(plant, awaySeconds);
	} finally {
		forget();
		await plant.close();
	}
};

async function measured(plant: N8nPlant, awaySeconds: number) {
	const { collector } = plant;
	const end = new AbortController();
	const floor = everySecond(plant, end.signal);
	// Whoever ends first: a floor that fails is not waited for in vain.
	const during = async <T,>(work: Promise<T>): Promise<T> => await Promise.race([work, floor.then(() => work)]);
	try {
		await during(until('the first events', () => collector.orders.size >= 5, { timeoutMs: PATIENCE_MS }));
		collector.isDown = true;
		await during(pause(awaySeconds * 500));
		await collector.leave();
		await during(pause(awaySeconds * 500));
		const before = collector.orders.size;
		const waiting = plant.made - before;
		await collector.comeBack();
		const backAt = performance.now();
		const since = () => (performance.now() - backAt) / 1000;
		const reached = async (what: string, holds: () => boolean) => {
			await during(until(what, holds, { timeoutMs: PATIENCE_MS, everyMs: 20 }));
			return since();
		};
		const first = await reached('the first event after the outage', () => collector.orders.size > before);
		const all = await reached('everything to be booked', () => collector.orders.size >= plant.made);
		end.abort();
		await floor;
		await until('the last run to end', async () => collector.orders.size >= plant.made && (await tally(plant)).busy === 0, { timeoutMs: PATIENCE_MS });
		const { busy, failed, ...needed } = await tally(plant);
		sameCount('events booked', plant.made, { 'the ERP': collector.orders.size, 'the ERP, with repeats': collector.hits.length });
		sameCount('executions that ask for a person', 0, needed);
		const notes = [
			`Half of the time the ERP answers 503, then it refuses connections. ${plant.made} events, ${waiting} of them waiting at its return, one run each; the floor goes on until all is booked. ${failed} runs failed meanwhile. None lost, none twice, no run by hand, no failed output.`,
		];
		const away = awaySeconds < 60 ? `${awaySeconds} s` : `${awaySeconds / 60} minutes`;
		const wait = 'The next run of a waiting event comes after a tenth of the time that the ERP has been away by then, 5 seconds at least and 5 minutes at most.';
		return [
			valueRow({ p: 'P16', what: `ERP away for ${away}, one event a second: from its return until all is booked`, unit: 's', digits: 1, ours: [all], atMost: 180, notes }),
			valueRow({ p: 'P16', what: 'The same, until the first event is booked', unit: 's', digits: 1, ours: [first], notes: [wait] }),
		];
	} finally {
		end.abort();
		await floor.catch(() => undefined);
	}
}

/** One event a second; what a busy machine was late with is made up for. */
async function everySecond(plant: N8nPlant, end: AbortSignal): Promise<void> {
	for (const began = performance.now(); !end.aborted; await pause(100)) {
		await plant.complete(Math.floor((performance.now() - began) / 1000) - plant.made);
	}
}

/** Executions under way, failed ones, and those that only a person starts or has to look at. */
async function tally({ n8n }: N8nPlant): Promise<Record<'busy' | 'failed' | 'by hand' | 'left by the trigger' | 'through the failed output', number>> {
	const [row] = await n8n.query(
		`SELECT SUM(status IN ('new', 'running', 'waiting')) AS busy, SUM(status NOT IN ('new', 'running', 'waiting', 'success')) AS failed,
			SUM(mode <> 'trigger') AS hand, SUM(deduplicationKey IS NULL) AS own, SUM(deduplicationKey LIKE '%:failed') AS output
		FROM execution_entity WHERE workflowId = ?`,
		FLOW,
	);
	return { busy: Number(row.busy), failed: Number(row.failed), 'by hand': Number(row.hand), 'left by the trigger': Number(row.own), 'through the failed output': Number(row.output) };
}
