import { pause, until } from '../../../../demo/lib/poll.mts';
import { compareBooks, type Books } from '../../../n8n/kit/books.mts';
import { asBooks, completionsOf } from '../../../n8n/kit/completions.mts';
import { Company } from '../../../n8n/templates/odoo/company.mts';
import { postingsOf } from '../../../n8n/templates/odoo/postings.mts';
import { accountOf, storedRuns, unendedRuns, type DatabaseAccount } from './accounts.mts';
import type { Farm } from './farm.mts';
import { flowId, publishedFor, type FlowSpec } from './flows.mts';
import { killByTheMinute, type Kill } from './kills.mts';
import { BulkLoad, OrderLoad, type Load } from './load.mts';
import { noWords } from './logs.mts';
import { Sampler, type Sample } from './sampler.mts';

export interface LineSpec extends FlowSpec {
	name: string;
	/** Events for each second; 0: all are there when the workflow is published, to see how fast they are worked off. */
	rate: number;
	events: number;
	/** Seconds between two kills of a worker; absent: none is killed. */
	killEvery?: number;
}

export interface LineResult extends LineSpec {
	/** Events for each second from the first to the last that was done. */
	carried: number;
	/** Seconds from the last event made to the last event done. */
	drained: number;
	longestLag: number;
	/** Lag that half of the samples were below, and 95 % of them, while events were made. */
	medianLag: number;
	lag95: number;
	kills: Kill[];
	/** Processor milliseconds for each event, by process. */
	cpuMs: Record<string, number>;
	/** How often the trigger gave up waiting for the word of a run. */
	noWord: number;
	database: DatabaseAccount;
	/** Lean flow: events that came to the receiver, and repeats that it recognized by their id. */
	receiver?: { events: number; repeats: number };
	/** Template: what Odoo has, compared with what Pico completed. */
	books?: Books['count'];
	samples: Sample[];
	wrong: string[];
}

/** Longest time without any progress before a line counts as stuck. */
const STUCK_MS = 240_000;

/** Publishes one workflow, makes the events, waits for their end, and accounts for every one of them. */
export async function runLine(farm: Farm, spec: LineSpec, report: (text: string) => void): Promise<LineResult> {
	const { sandbox, collector } = farm;
	collector.clear();
	const ids = new Set<string>();
	collector.onCall = (run) => run.forEach(({ eventId }) => ids.add(eventId));
	const load = spec.kind === 'lean' ? new BulkLoad(sandbox) : new OrderLoad(sandbox);
	report('preparing');
	await load.prepare(spec.events);
	if (spec.backlog) await load.more(spec.events);
	const done = await counterOf(farm, spec, ids);

	const session = await farm.session();
	const published = publishedFor(spec);
	for (const id of published) await session.activate(id);
	await until('the trigger to listen', async () => (await openStreams(farm)) === 1, { timeoutMs: 120_000 });
	const silentBefore = noWords(farm.main.logFile);
	const sampler = new Sampler(farm, load, done, ({ second, made, done: finished, lag, waiting, busy }) =>
		report(
			`${second} s: ${made} made, ${finished} done, lag ${lag} s, ${waiting} jobs wait, ${Math.round(busy * 100)} % busy`,
		),
	);
	const kills: Kill[] = [];
	const ended = new AbortController();
	let failure: string | undefined;
	const killing = (
		spec.killEvery
			? killByTheMinute(farm, spec.killEvery, kills, () => sampler.second, ended.signal)
			: Promise.resolve(undefined)
	).catch((error: unknown) => `a killed worker did not come back: ${String(error)}`);
	try {
		if (!spec.backlog) await load.run(spec.rate, spec.events);
		ended.abort();
		failure = await killing;
		failure ??= await untilDone(load, sampler, spec.events);
		await until('all runs to end', async () => (await unendedRuns(farm.servers, flowId(spec))) === 0, {
			timeoutMs: STUCK_MS,
		});
		// One more look after the end, for the curve to arrive.
		await pause(1_100);
	} finally {
		ended.abort();
		sampler.stop();
		for (const id of published.reverse()) await session.deactivate(id);
	}
	return await judge(farm, spec, {
		load,
		sampler,
		kills,
		failure,
		noWord: noWords(farm.main.logFile) - silentBefore,
	});
}

const openStreams = async ({ sandbox }: Farm) =>
	(await sandbox.control<{ streams: unknown[] }>('GET', 'state')).streams.length;

/** How many events are done: told to the receiver, or noted in Odoo. */
async function counterOf({ sandbox }: Farm, { kind }: LineSpec, ids: Set<string>): Promise<() => Promise<number>> {
	if (kind === 'lean') return async () => ids.size;
	const notes = async () =>
		(await sandbox.control<{ counts: Record<string, number> }>('GET', `${sandbox.odoo}/control/state?limit=1`))
			.counts['mail.message'] ?? 0;
	const before = await notes();
	return async () => (await notes()) - before;
}

/** @returns what is wrong when nothing moves any more */
async function untilDone(load: Load, { samples }: Sampler, events: number): Promise<string | undefined> {
	let seen = -1;
	let since = Date.now();
	for (;;) {
		const done = samples.at(-1)?.done ?? 0;
		if (done >= events && load.made >= events) return undefined;
		if (done !== seen) [seen, since] = [done, Date.now()];
		if (Date.now() - since > STUCK_MS)
			return `only ${done} of ${events} events were done, and nothing moved for ${STUCK_MS / 1000} s`;
		await pause(200);
	}
}

interface Observed {
	load: Load;
	sampler: Sampler;
	kills: Kill[];
	failure: string | undefined;
	noWord: number;
}

async function judge(
	farm: Farm,
	spec: LineSpec,
	{ load, sampler: { samples, cpuSeconds }, kills, failure, noWord }: Observed,
): Promise<LineResult> {
	const completions = await completionsOf(farm.sandbox);
	const database = accountOf(
		new Set(completions.map(({ eventId }) => eventId)),
		await storedRuns(farm.servers, flowId(spec)),
	);
	const wrong = failure ? [failure] : [];
	if (completions.length !== spec.events)
		wrong.push(`Pico has ${completions.length} completions instead of ${spec.events}`);
	if (database.lost > 0) wrong.push(`${database.lost} events are in no execution`);
	if (database.startedTwice > 0) wrong.push(`${database.startedTwice} events were started twice`);
	if (database.withoutSuccess > 0) wrong.push(`of ${database.withoutSuccess} events no run succeeded`);
	if (database.sameKey > 0) wrong.push(`${database.sameKey} executions share a key`);

	let receiver: LineResult['receiver'];
	let books: LineResult['books'];
	if (spec.kind === 'lean') {
		const { hits } = farm.collector;
		const events = new Set(hits.map(({ eventId }) => eventId)).size;
		receiver = { events, repeats: hits.length - events };
		if (events !== spec.events) wrong.push(`${spec.events - events} events never reached the receiver`);
	} else {
		const result = compareBooks({
			completions: asBooks(completions),
			postings: await postingsOf(new Company(farm.sandbox), completions),
		});
		books = result.count;
		for (const { key, verdict, difference } of result.wrong.slice(0, 5))
			wrong.push(`${key}: ${verdict} ${difference}`);
	}

	const first = samples.find(({ done }) => done > 0);
	const last = samples.find(({ done }) => done >= spec.events) ?? samples[samples.length - 1];
	const span = last.second - (first?.second ?? 0);
	const lags = samples
		.filter(({ made }) => made < spec.events || spec.backlog)
		.map(({ lag }) => lag)
		.sort((a, b) => a - b);
	const at = (share: number) => lags[Math.floor((lags.length - 1) * share)] ?? 0;
	const lastMade = ((load.madeAt.at(-1) ?? 0) - (load.madeAt[0] ?? 0)) / 1000;
	return {
		...spec,
		carried: span > 0 ? Math.round(((last.done - (first?.done ?? 0)) / span) * 10) / 10 : 0,
		drained: Math.max(0, Math.round((last.second - lastMade) * 10) / 10),
		longestLag: Math.max(...samples.map(({ lag }) => lag)),
		medianLag: at(0.5),
		lag95: at(0.95),
		kills,
		noWord,
		cpuMs: Object.fromEntries(
			Object.entries(cpuSeconds).map(([name, used]) => [name, Math.round((used * 10_000) / spec.events) / 10]),
		),
		database,
		receiver,
		books,
		samples,
		wrong,
	};
}
