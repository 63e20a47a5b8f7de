import { until } from '../../../demo/lib/poll.mts';
import { distribution, series } from '../kit/stats.mts';
import type { Question } from './context.mts';
import { IDS, PLAIN, type FlowsServer } from './flows.mts';
import { sameCount, targetOf, times, type Row } from './report.mts';

const WARM_UP = 40;
/** Between two events; both triggers get them in turns. */
const EVERY_MS = 150;
const NS_PER_MS = 1e6;
/** A difference that nobody notices, whatever the ratio. */
const ENOUGH_MS = 3;

/** P5: how long after the server's write the first node of a workflow runs, pushed and polled, in one n8n. */
export const start: Question = async (bench) => {
	const flows = await bench.n8n();
	const { pollSeconds } = flows.options;
	const write = async (count: number, everyMs: number) => await flows.server.call('write', { count, everyMs, to: ['start', PLAIN], untilCollected: true });
	const nextPoll = async () => {
		const { polls } = await flows.state();
		await until('a poll', async () => (await flows.state()).polls > polls, { timeoutMs: (pollSeconds + 20) * 1000, everyMs: 50 });
	};
	await flows.listen(IDS.ourStart, 'start');
	await flows.listen(IDS.sseStart, PLAIN);
	await flows.n8n.activate(IDS.pollStart);
	try {
		await write(WARM_UP, 20);
		bench.say('waiting for a poll, then writing until the next one but one');
		await nextPoll();
		// A little less than the windows last, so that every event falls inside them.
		const deadline = Date.now() + (bench.quick ? 1 : 2) * pollSeconds * 1000 - 1_500;
		let events = 0;
		for (; Date.now() < deadline; events += 2) await write(2, EVERY_MS);
		await nextPoll();
		return rowsOf(await flows.times(), events, pollSeconds);
	} finally {
		for (const id of [IDS.ourStart, IDS.sseStart, IDS.pollStart]) await flows.n8n.deactivate(id);
	}
};

function rowsOf({ written, arrived, polled }: Awaited<ReturnType<FlowsServer['times']>>, events: number, pollSeconds: number): Row[] {
	const measured = written.slice(-events);
	const after = (calls: Record<string, string>, names: string[]) => names.filter((name) => calls[name]).map((name) => Number(BigInt(calls[name]) - BigInt(name)) / NS_PER_MS);
	const side = (which: number) => measured.filter((_, number) => number % 2 === which);
	const [ours, sse, poll] = [after(arrived, side(0)), after(arrived, side(1)), after(polled, measured)];
	sameCount('runs started', events / 2, { 'our trigger': ours.length, 'the SSE Trigger': sse.length });
	sameCount('events that polls gave', events, { 'the polling workflow': poll.length });
	const [own, other] = [distribution(ours), distribution(sse)];
	if (!own || !other) return [];
	const mean = poll.reduce((sum, ms) => sum + ms, 0) / poll.length;
	const sides = (which: 'p50' | 'p99') => ({ p: 'P5', unit: 'ms', ours: { ...series(ours), median: own[which] }, peer: { name: 'SSE Trigger', ...series(sse), median: other[which] } });
	const ratio = own.p50 / other.p50;
	const { target } = targetOf(ratio, { atMost: 1.1 });
	const faster = mean / own.p50;
	const note = `Measured on the very same events, which fill whole intervals between polls${pollSeconds === 60 ? '' : `; the target is about polls every 60 s, which a quick run does not wait for`}.`;
	return [
		{
			...sides('p50'),
			what: `Write to first node in n8n, median of ${events / 2} events`,
			result: ratio,
			shown: times(ratio),
			target: target && { ...target, text: `<= 1.1x or ${ENOUGH_MS} ms`, met: target.met || own.p50 - other.p50 <= ENOUGH_MS },
			notes: [`Both triggers in turns, one event every ${EVERY_MS} ms once the run of the last one began; the first node calls the bench's server.`],
		},
		{ ...sides('p99'), what: 'The same, 99th percentile', result: own.p99, shown: `${own.p99.toFixed(1)} ms` },
		{
			...sides('p50'),
			what: `The same beside polling every ${pollSeconds} s (mean)`,
			peer: { name: 'Schedule + GraphQL node', ...series(poll), median: mean },
			result: faster,
			shown: `${faster.toFixed(0)}x faster`,
			...(pollSeconds === 60 ? targetOf(faster, { atLeast: 1_000 }, 'x faster') : {}),
			notes: [note],
		},
	];
}
