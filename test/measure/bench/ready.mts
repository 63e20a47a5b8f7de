import { until } from '../../../demo/lib/poll.mts';
import { runs, type Question } from './context.mts';
import { IDS, PLAIN } from './flows.mts';
import { valueRow } from './report.mts';

const NS_PER_S = 1e9;
const PATIENCE_MS = 180_000;
/** Both triggers get an event this often from the moment on at which n8n is ready. */
const EVERY_MS = 100;

/**
 * P15: how soon after a kill -9 n8n, once it answers, has handled an event that came while it was down, and one that comes
 * then; the second beside the SSE Trigger in the same n8n.
 */
export const ready: Question = async (bench) => {
	const flows = await bench.n8n();
	const { n8n, server } = flows;
	const write = async (untilCollected = false) => await server.call('write', { count: 2, to: ['start', PLAIN], untilCollected });
	const [missed, ours, sse]: [number[], number[], number[]] = [[], [], []];
	let neverCame = 0;
	await server.call('fresh');
	await flows.listen(IDS.ourStart, 'start');
	await flows.listen(IDS.sseStart, PLAIN);
	try {
		for (let round = 0; round < runs(bench); round++) {
			await write(true);
			await n8n.kill();
			await until('both streams to end', async () => Object.values((await flows.state()).feeds).every((open) => open === 0));
			const before = (await flows.times()).written.length;
			await write();
			await n8n.start();
			const readyAt = BigInt(await server.call<string>('now'));
			const handled = async () => {
				await write();
				const { written, arrived } = await flows.times();
				const [fromDown, toPeer] = [0, 1].map((side) => written.slice(before).filter((_, number) => number % 2 === side).map((event) => arrived[event]));
				const [ofDown, ...later] = fromDown;
				const reached = toPeer.findIndex((at) => at !== undefined);
				return ofDown !== undefined && later[0] !== undefined && reached >= 0 && { ofDown, later: later[0], peer: toPeer[reached], reached };
			};
			const found = await until('an event of each trigger', handled, { timeoutMs: PATIENCE_MS, everyMs: EVERY_MS });
			const seconds = (at: string) => Number(BigInt(at) - readyAt) / NS_PER_S;
			missed.push(seconds(found.ofDown));
			ours.push(seconds(found.later));
			sse.push(seconds(found.peer));
			neverCame += found.reached;
			bench.say(`${missed.at(-1)?.toFixed(2)} s, then ${ours.at(-1)?.toFixed(2)} s; SSE Trigger ${sse.at(-1)?.toFixed(2)} s`);
		}
	} finally {
		for (const id of [IDS.ourStart, IDS.sseStart]) await n8n.deactivate(id);
	}
	const when = "From the first look, one every 100 ms, at which n8n's readiness and its settings answered, to the call of the first node. Less than 0: before that look.";
	const lost = `From then on one event every ${EVERY_MS} ms to each trigger; what counts is the first that was handled. The SSE Trigger never gets what came before it is connected: ${neverCame} events in ${missed.length} restarts. Ours gets all.`;
	return [
		valueRow({ p: 'P15', what: 'n8n ready after kill -9 to the run of an event from the downtime', unit: 's', digits: 2, ours: missed, atMost: 2, notes: [when] }),
		valueRow({ p: 'P15', what: 'The same, of an event written once n8n is ready', unit: 's', digits: 2, ours, peer: { name: 'SSE Trigger', values: sse }, notes: [lost] }),
	];
};
