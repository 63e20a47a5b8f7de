/**
 * A real n8n with an active workflow for many minutes, with cut connections, repeats, late events, runs that fail, a
 * restart and a kill, beside a second n8n with n8n's own SSE Trigger: `npm run soak -- --minutes 60`. See docs/soak.md.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

import { pause, until } from '../../../demo/lib/poll.mts';
import { Random } from '../kit/random.mts';
import { ledgerOf, settledRuns } from './lib/account.mts';
import { Events } from './lib/events.mts';
import { cutPlan } from './lib/faults.mts';
import { keep } from './lib/keep.mts';
import { Lags } from './lib/lags.mts';
import { livesOf } from './lib/lives.mts';
import { readOptions } from './lib/options.mts';
import { failuresOf, type SoakResult, type StopResult } from './lib/result.mts';
import { sampling, type Sample } from './lib/sample.mts';
import { setStage, type Stage } from './lib/stage.mts';
import { printed } from './lib/table.mts';
import { disturb, restart, type Done } from './lib/timeline.mts';
import { peerEvent } from './lib/workflows.mts';

const FAILING_SHARE = 0.02;
const REPEATED_SHARE = 0.02;
const CONNECT_WITHIN_MS = 300_000;
const PEER_QUIET_MS = 20_000;

const began = Date.now();
const root = process.cwd();
const options = readOptions(process.argv.slice(2));
const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
const ending = new AbortController();

async function soak(stage: Stage, random: Random): Promise<SoakResult> {
	const { sandbox, ours, peer, feed, proxy } = stage;
	const at = new Date().toISOString();
	const [loadAtStart] = loadavg();
	const lags = { ours: new Lags(), peer: new Lags() };
	for (const [side, lag] of [[ours, lags.ours], [peer, lags.peer]] as const) {
		const refusals = new Random(random.whole(0, 2 ** 31));
		side.collector.refuses = () => refusals.chance(FAILING_SHARE);
		side.collector.onCall = (run) => run.forEach(({ orderId }) => lag.arrive(orderId));
	}
	say('starting two n8n');
	for (const side of [ours, peer]) {
		await side.start();
		await side.activate();
	}
	const streamsOf = async () => (await sandbox.control<{ streams: Stream[] }>('GET', 'state')).streams;
	await until('both triggers to connect', async () => (await streamsOf()).length === 1 && feed.connected === 1, { timeoutMs: CONNECT_WITHIN_MS });
	await sandbox.control('POST', 'switches', { duplicateRate: REPEATED_SHARE });

	const events = new Events(sandbox, random, (order, hidden) => {
		lags.ours.note(order, hidden);
		lags.peer.note(order, false);
		feed.send(peerEvent(order, Date.now()));
	});
	const samples: Sample[] = [];
	const sent = new Map<string, number>();
	const done: Done = { cuts: 0, byteCuts: 0, peerCuts: 0 };
	const lengthMs = options.minutes * 60_000;
	const from = Date.now();
	const failures: string[] = [];
	const over = new AbortController();
	const stopped = AbortSignal.any([ending.signal, over.signal]);
	const guarded = async (work: Promise<void>) =>
		await work.catch((error: unknown) => {
			failures.push(error instanceof Error ? error.message : String(error));
			ending.abort();
		});
	say(`events for ${options.minutes} minutes, ${options.rate} in a second, seed ${options.seed}; to end early: kill ${process.pid}`);
	const everyMs = options.minutes >= 30 ? 10_000 : 5_000;
	const watching = [
		guarded(sampling({ ours, peer, lags: lags.ours, sandboxPid: sandbox.child.pid }, samples, everyMs, over.signal)),
		guarded(progress(over.signal)),
	];
	const plan = cutPlan(options.minutes, random);
	await Promise.all([
		guarded(events.make(options.rate, from + lengthMs, stopped)),
		guarded(disturb(stage, events, plan, done, from, lengthMs, stopped)),
		guarded(restart(stage, lags, from, lengthMs, say, stopped)),
	]);
	const minutes = (Date.now() - from) / 60_000;
	over.abort();
	await Promise.all(watching);

	say('no more events; waiting for the last runs to end');
	await guarded(events.hide(false));
	const runs = await settledRuns(ours, events.counts.made, say);
	await count();
	const peerRuns = await settledRuns(peer, events.counts.made, say, PEER_QUIET_MS);
	const peerLedger = ledgerOf(peer, events.counts.made, peerRuns, lags.peer);
	const sides = {
		ours: { ledger: ledgerOf(ours, events.counts.made, runs, lags.ours), lives: livesOf(samples, 'ours') },
		// Its runs have no key, and it promises nothing: only its figures count.
		peer: { ledger: { ...peerLedger, strange: [] }, lives: livesOf(samples, 'peer'), connectionsLost: done.peerCuts },
	};
	const ends = (values: Array<number | undefined>) => {
		const known = values.filter((value) => value !== undefined);
		return { first: known[0], last: known.at(-1), most: known.length > 0 ? Math.max(...known) : undefined };
	};
	return {
		at,
		node: process.version,
		n8n: (JSON.parse(readFileSync(join(stage.places.host, 'node_modules', 'n8n', 'package.json'), 'utf8')) as { version: string }).version,
		cpus: cpus().length,
		loadAtStart,
		seconds: (Date.now() - began) / 1000,
		minutes,
		rate: options.rate,
		seed: options.seed,
		endedEarly: ending.signal.aborted,
		events: events.counts,
		cuts: done.cuts,
		byteCuts: done.byteCuts,
		streams: proxy.streams,
		rowsSent: [...sent.values()].reduce((sum, rows) => sum + rows, 0),
		stops: lags.ours.stops.map((stop): StopResult => {
			const after = (time: number | undefined) => (time === undefined ? undefined : (time - stop.from) / 1000);
			return { what: stop.what, at: (stop.from - from) / 1000, upAfter: after(stop.up), caughtUpAfter: after(stop.caughtUp) };
		}),
		...sides,
		staticBytes: ends(samples.map(({ staticBytes }) => staticBytes)),
		sandbox: ends(samples.map((sample) => sample.sandbox)),
		failures: [...failures, ...failuresOf(sides)],
		samples,
	};

	async function count(): Promise<void> {
		for (const { id, delivered } of await streamsOf()) sent.set(String(id), delivered);
	}

	async function progress(end: AbortSignal): Promise<void> {
		for (let due = from + 60_000; !end.aborted; due += 60_000) {
			for (let next = Date.now(); next < due && !end.aborted; next = Date.now()) {
				await pause(Math.min(1_000, due - next));
				if (Math.floor(next / 10_000) !== Math.floor(Date.now() / 10_000)) await count();
			}
			if (end.aborted) return;
			const { ours: our, peer: other, sandbox: pico } = samples.at(-1) ?? {};
			const memory = (sample: typeof our) => (sample ? `${sample.rss.toFixed(0)} MB (heap ${sample.heap?.toFixed(0) ?? '?'}), ${sample.files} files` : 'away');
			say(
				`${Math.round((due - from) / 60_000)} min: ${events.counts.made} made, ${ours.collector.orders.size} told, lag ${lags.ours.now()} ms; ` +
					`ours ${memory(our)}; peer ${memory(other)}; Pico ${pico?.toFixed(0) ?? '?'} MB; ` +
					`${ours.collector.failed} refused, ${done.cuts}+${done.byteCuts} cuts, ${proxy.streams} streams; load ${loadavg()[0].toFixed(1)}`,
			);
		}
	}
}

interface Stream {
	id: string | number;
	delivered: number;
}

process.on('SIGTERM', () => {
	say(ending.signal.aborted ? 'ending already' : 'ending early: evaluating what there is');
	ending.abort();
});

const random = new Random(options.seed);
const stage = await setStage(root, options.seed, random, say);
process.on('exit', () => stage.sandbox.child.kill('SIGKILL'));
process.once('SIGINT', () => {
	say('interrupted: nothing is evaluated');
	void stage.close().finally(() => process.exit(130));
});
try {
	const result = await soak(stage, random);
	const folder = keep(root, result);
	console.log(`\n${printed(result)}\n`);
	say(`written to ${folder}/soak.json and soak.svg after ${Math.round(result.seconds / 60)} minutes`);
	if (result.failures.length > 0) {
		process.exitCode = 1;
		for (const side of [stage.ours, stage.peer]) side.keepLog(join(root, 'test-results'));
	}
} finally {
	await stage.close();
}
