import { until } from '../../../../demo/lib/poll.mts';
import type { FlowsServer } from '../lib/flowsServer.mts';
import { atLeast, atMost, sameCount, times, type Row } from '../lib/row.mts';
import { distribution, series } from '../lib/stats.mts';
import { IDS } from '../lib/workflows.mts';
import { PLAIN } from '../server/feeds.mts';
import type { Measure } from './context.mts';

const WARM_UP = 40;
/** Between two events; both triggers get them in turns. */
const EVERY_MS = 150;
const NS_PER_MS = 1e6;

/** P5: how long after the server's write the first node of a workflow runs, pushed and polled, in one n8n. */
export const start: Measure = async (bench) => {
	const n8n = await bench.n8n();
	const { pollSeconds } = n8n.options;
	await n8n.listen(IDS.ourStart, 'start');
	await n8n.listen(IDS.sseStart, PLAIN);
	await n8n.flows.activate(IDS.pollStart);
	try {
		await write(n8n, WARM_UP, 20);
		bench.say('waiting for a poll, then writing until the next one but one');
		await nextPoll(n8n, pollSeconds);
		const windows = bench.quick ? 1 : 2;
		// A little less than the windows last, so that every event falls inside them.
		const deadline = Date.now() + windows * pollSeconds * 1000 - 1_500;
		let events = 0;
		while (Date.now() < deadline) {
			await n8n.server.call('write', { count: 2, everyMs: EVERY_MS, to: ['start', PLAIN], untilCollected: true });
			events += 2;
		}
		await nextPoll(n8n, pollSeconds);
		return table(await n8n.times(), events, pollSeconds);
	} finally {
		for (const id of [IDS.ourStart, IDS.sseStart, IDS.pollStart]) await n8n.flows.deactivate(id);
	}
};

async function write(n8n: FlowsServer, count: number, everyMs: number): Promise<void> {
	await n8n.server.call('write', { count, everyMs, to: ['start', PLAIN], untilCollected: true });
}

/** Waits for a poll to be through, and forgets everything before it when it is the first. */
async function nextPoll(n8n: FlowsServer, pollSeconds: number): Promise<void> {
	const { polls } = await n8n.state();
	await until('a poll', async () => (await n8n.state()).polls > polls, { timeoutMs: (pollSeconds + 20) * 1000, everyMs: 50 });
}

function table({ written, arrived, polled }: Awaited<ReturnType<FlowsServer['times']>>, events: number, pollSeconds: number): Row[] {
	const measured = written.slice(-events);
	const after = (calls: Record<string, string>, names: string[]) =>
		names.filter((name) => calls[name]).map((name) => Number(BigInt(calls[name]) - BigInt(name)) / NS_PER_MS);
	const side = (which: number) => measured.filter((_, number) => number % 2 === which);
	const [ours, sse, poll] = [after(arrived, side(0)), after(arrived, side(1)), after(polled, measured)];
	sameCount('runs started', events / 2, { 'our trigger': ours.length, 'the SSE Trigger': sse.length });
	sameCount('events that polls gave', events, { 'the polling workflow': poll.length });
	const [own, other] = [distribution(ours), distribution(sse)];
	const mean = poll.reduce((sum, ms) => sum + ms, 0) / poll.length;
	const sides = (which: 'p50' | 'p99') => ({
		unit: 'ms',
		ours: { ...series(ours), median: own[which] },
		peer: { name: 'SSE Trigger', ...series(sse), median: other[which] },
	});
	const ratio = own.p50 / other.p50;
	const faster = mean / own.p50;
	return [
		{
			p: 'P5',
			what: `Write to first node in n8n, median of ${events / 2} events`,
			...sides('p50'),
			result: ratio,
			shown: times(ratio),
			target: atMost(1.1, ratio),
			notes: [
				`Both triggers in turns, one event every ${EVERY_MS} ms once the run of the last one began; the first node calls the bench's server.`,
			],
		},
		{ p: 'P5', what: 'The same, 99th percentile', ...sides('p99'), result: own.p99, shown: `${own.p99.toFixed(1)} ms` },
		{
			p: 'P5',
			what: `The same beside polling every ${pollSeconds} s (mean)`,
			unit: 'ms',
			ours: { ...series(ours), median: own.p50 },
			peer: { name: 'Schedule + GraphQL node', ...series(poll), median: mean },
			result: faster,
			shown: `${faster.toFixed(0)}x faster`,
			...(pollSeconds === 60 ? { target: atLeast(1_000, faster, 'x faster') } : {}),
			notes: [
				`Measured on the very same events, which fill whole intervals between polls${pollSeconds === 60 ? '' : `; the target is about polls every 60 s, which a quick run does not wait for`}.`,
			],
		},
	];
}
