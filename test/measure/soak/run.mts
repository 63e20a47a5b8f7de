/**
 * A real n8n with an active workflow for many minutes, with cut connections, repeats, late events, runs that fail, a
 * restart and a kill, beside a second n8n with n8n's own SSE Trigger: `npm run soak -- --minutes 60`. See docs/soak.md.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';

import { pause, until } from '../../../demo/lib/poll.mts';
import { settled } from '../kit/account.mts';
import { measuring, messageOf, type Run } from '../kit/command.mts';
import { factsNow, keep } from '../kit/kept.mts';
import type { PicoState } from '../kit/n8nPlant.mts';
import { number, readOptions } from '../kit/options.mts';
import { usageOf } from '../kit/processes.mts';
import { Random } from '../kit/random.mts';
import { thin } from '../kit/stats.mts';
import { Lags } from './lags.mts';
import { endsOf, failuresOf, ledgerOf, livesOf, MOST_POINTS, picture, tableOf, type Sample, type SoakResult } from './result.mts';
import { setStage, type Side, type Stage } from './stage.mts';
import { disturb, Events, restart, type Done } from './timeline.mts';

/** A run this long is kept in `docs/results` and in the docs; a shorter one goes to `test-results`. */
const FULL_MINUTES = 60;
const FAILING_SHARE = 0.02;
const REPEATED_SHARE = 0.02;
const CONNECT_WITHIN_MS = 300_000;
/** A late event that no stream showed is found when the window is read again: within half of it, 150 s. */
const QUIET_MS = { ours: 240_000, peer: 20_000 };
const LONGEST_MS = 1_800_000;
const MINUTE_MS = 60_000;

interface Options {
	minutes: number;
	seed: number;
	rate: number;
}

async function soak(run: Run, options: Options, stage: Stage, random: Random, ending: AbortController): Promise<SoakResult> {
	const { say } = run;
	const { sandbox, ours, peer, feed, proxy } = stage;
	const facts = factsNow(run.root);
	const lags = { ours: new Lags(), peer: new Lags() };
	const sides = [{ side: ours, lag: lags.ours }, { side: peer, lag: lags.peer }];
	say('starting two n8n');
	for (const { side, lag } of sides) {
		const refusals = new Random(random.whole(0, 2 ** 31));
		side.collector.refuses = () => refusals.chance(FAILING_SHARE);
		side.collector.onCall = (hits) => hits.forEach(({ orderId }) => lag.arrive(orderId));
		await side.start();
		await side.n8n.activate(side.id);
	}
	const streamsOf = async () => (await sandbox.control<PicoState>('GET', 'state')).streams;
	await until('both triggers to connect', async () => (await streamsOf()).length === 1 && feed.connected === 1, { timeoutMs: CONNECT_WITHIN_MS });
	await sandbox.control('POST', 'switches', { duplicateRate: REPEATED_SHARE });

	const events = new Events(sandbox, random, (order, hidden) => {
		lags.ours.note(order, hidden);
		lags.peer.note(order, false);
		feed.send(order, Date.now());
	});
	const samples: Sample[] = [];
	const sent = new Map<string, number>();
	const countRows = async () => (await streamsOf()).forEach(({ id, delivered }) => sent.set(String(id), delivered));
	const done: Done = { cuts: 0, byteCuts: 0, peerCuts: 0 };
	const from = Date.now();
	const failures: string[] = [];
	const over = new AbortController();
	const span = { from, lengthMs: options.minutes * 60_000, stopped: AbortSignal.any([ending.signal, over.signal]) };
	const guarded = async (work: Promise<void>) =>
		await work.catch((error: unknown) => {
			failures.push(messageOf(error));
			ending.abort();
		});
	say(`events for ${options.minutes} minutes, ${options.rate} in a second, seed ${options.seed}; to end early: kill -USR2 ${process.pid}`);
	const everyMs = options.minutes >= 30 ? 10_000 : 5_000;
	const watching = guarded(watch());
	await Promise.all([guarded(events.make(options.rate, from + span.lengthMs, span.stopped)), guarded(disturb(stage, events, random, done, span)), guarded(restart(sides, say, span))]);
	const minutes = (Date.now() - from) / 60_000;
	over.abort();
	await watching;

	say('no more events; waiting for the last runs to end');
	await guarded(events.hide(false));
	const settledLedger = async (side: Side, lag: Lags, quietMs: number) => {
		const { made } = events.counts;
		let told = Date.now();
		const onLook = (known: number, busy: number) => {
			if (Date.now() - told < 60_000) return;
			told = Date.now();
			say(`${known} of ${made} events have a run, ${busy} under way`);
		};
		const runs = await settled(async () => await side.n8n.runs(side.id), side.collector.hits, made, { quietMs, timeoutMs: LONGEST_MS, everyMs: 3_000, onLook });
		return ledgerOf(side, made, runs, lag);
	};
	const ledger = await settledLedger(ours, lags.ours, QUIET_MS.ours);
	await countRows();
	// The peer's runs have no key, and it promises nothing: only its figures count.
	const peerLedger = { ...(await settledLedger(peer, lags.peer, QUIET_MS.peer)), strange: [] };
	const both = { ours: { ledger, lives: livesOf(samples, 'ours') }, peer: { ledger: peerLedger, lives: livesOf(samples, 'peer'), connectionsLost: done.peerCuts } };
	const after = (time: number | undefined, stop: { from: number }) => (time === undefined ? undefined : (time - stop.from) / 1000);
	return {
		...facts,
		...{ seconds: run.seconds(), minutes, rate: options.rate, seed: options.seed, endedEarly: ending.signal.aborted, events: events.counts },
		...{ cuts: done.cuts, byteCuts: done.byteCuts, streams: proxy.streams, rowsSent: [...sent.values()].reduce((sum, rows) => sum + rows, 0) },
		stops: lags.ours.stops.map((stop) => ({ what: stop.what, at: (stop.from - from) / 1000, upAfter: after(stop.up, stop), caughtUpAfter: after(stop.caughtUp, stop) })),
		...both,
		staticBytes: endsOf(samples.map(({ staticBytes }) => staticBytes)),
		sandbox: endsOf(samples.map((sample) => sample.sandbox)),
		failures: [...failures, ...failuresOf(both)],
		samples,
	};

	/** A sample each few seconds, the static data and a line for people each minute. */
	async function watch(): Promise<void> {
		let minuteDue = from + Math.min(MINUTE_MS, 3 * everyMs);
		let staticBytes: number | undefined;
		while (!over.signal.aborted) {
			const at = Date.now();
			const [our, other] = await Promise.all([ours.sample(), peer.sample()]);
			const pico = usageOf(sandbox.child.pid)?.rss;
			await countRows();
			if (at >= minuteDue) {
				staticBytes = await ours.staticBytes().catch(() => staticBytes);
				minuteDue = at + MINUTE_MS;
				const memory = (sample: typeof our) => (sample ? `${sample.rss.toFixed(0)} MB (heap ${sample.heap?.toFixed(0) ?? '?'}), ${sample.files} files` : 'away');
				say(
					`${events.counts.made} made, ${ours.collector.orders.size} told, lag ${lags.ours.now()} ms; ours ${memory(our)}; peer ${memory(other)}; Pico ${pico?.toFixed(0) ?? '?'} MB; ` +
						`${ours.collector.failed} refused, ${done.cuts}+${done.byteCuts} cuts, ${proxy.streams} streams; load ${loadavg()[0].toFixed(1)}`,
				);
			}
			samples.push({ t: (at - from) / 1000, ours: our, peer: other, sandbox: pico, self: usageOf(process.pid)?.rss, lag: lags.ours.now(), staticBytes });
			while (Date.now() < at + everyMs && !over.signal.aborted) await pause(200);
		}
	}
}

await measuring(async (run) => {
	const options = readOptions(run.args, { minutes: number(FULL_MINUTES, 0.1), seed: number(20260105, 0, true), rate: number(5, 0.1) });
	const ending = new AbortController();
	process.on('SIGUSR2', () => {
		run.say(ending.signal.aborted ? 'ending already' : 'ending early: evaluating what there is');
		ending.abort();
	});
	const random = new Random(options.seed);
	const stage = await setStage(run, options.seed, random);
	const result = await soak(run, options, stage, random, ending);
	const shown = '![Memory and handles over the time of the run](results/soak.svg)';
	const data = { ...result, samples: thin(result.samples, MOST_POINTS) };
	const file = keep(run.root, result.minutes >= FULL_MINUTES, { name: 'soak', data, pictures: { soak: await picture(result) }, page: { file: 'soak.md', places: { 'soak:table': `${tableOf(result)}\n\n${shown}` } } });
	run.steps.say(`\n${tableOf(result)}\n`);
	for (const failure of result.failures) run.steps.say(`FAILED ${failure}`);
	if (result.failures.length > 0) for (const side of [stage.ours, stage.peer]) side.keepLog(join(run.root, 'test-results'));
	run.say(`written to ${file}`);
	return result.failures.length === 0;
});
