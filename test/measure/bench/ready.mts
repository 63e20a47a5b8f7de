import { until } from '../../../demo/lib/poll.mts';
import { runs, type Question } from './context.mts';
import { IDS, PLAIN } from './flows.mts';
import { valueRow } from './report.mts';

const NS_PER_S = 1e9;
const PATIENCE_MS = 180_000;
/** The SSE Trigger gets an event this often from the moment on at which n8n is ready. */
const EVERY_MS = 100;

/**
 * P15: how soon after a kill -9 n8n, once it answers, has handled an event that came while it was down, and one that comes
 * then; the second beside the SSE Trigger in the same n8n.
 */
export const ready: Question = async (bench) => {
	const flows = await bench.n8n();
	const { n8n, server } = flows;
	const write = async (...to: string[]) => await server.call('write', { count: to.length, to });
	const [missed, ours, sse]: [number[], number[], number[]] = [[], [], []];
	let neverCame = 0;
	await server.call('fresh');
	await flows.listen(IDS.ourStart, 'start');
	await flows.listen(IDS.sseStart, PLAIN);
	try {
		for (let round = 0; round < runs(bench); round++) {
			await server.call('write', { count: 2, to: ['start', PLAIN], untilCollected: true });
			await n8n.kill();
			await until('both streams to end', async () => Object.values((await flows.state()).feeds).every((open) => open === 0));
			const before = (await flows.times()).written.length;
			await write('start', PLAIN);
			await n8n.start();
			const readyAt = BigInt(await server.call<string>('now'));
			await write('start');
			// The SSE Trigger gets no event that was written before it is connected: it gets one after the other until one came.
			const handled = async () => {
				const { written, arrived } = await flows.times();
				const [ofDown, toPeer, later, ...more] = written.slice(before);
				const peers = [toPeer, ...more];
				const reached = peers.findIndex((event) => arrived[event] !== undefined);
				if (reached < 0) await write(PLAIN);
				return reached >= 0 && arrived[ofDown] !== undefined && arrived[later] !== undefined && { ofDown: arrived[ofDown], later: arrived[later], peer: arrived[peers[reached]], reached };
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
	const lost = `The SSE Trigger never gets what was written before it is connected, so that it gets one every ${EVERY_MS} ms until one was handled: ${neverCame} events were lost to it in ${missed.length} restarts. Ours has handled that of the downtime before.`;
	return [
		valueRow({ p: 'P15', what: 'n8n ready after kill -9 to the run of an event from the downtime', unit: 's', digits: 2, ours: missed, atMost: 2, notes: [when] }),
		valueRow({ p: 'P15', what: 'The same, of an event written once n8n is ready', unit: 's', digits: 2, ours, peer: { name: 'SSE Trigger', values: sse }, notes: [lost] }),
	];
};
