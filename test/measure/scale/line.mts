import { pause, until } from '../../../demo/lib/poll.mts';
import { compareBooks, type Books } from '../../n8n/kit/books.mts';
import { asBooks, completionsOf } from '../../n8n/kit/completions.mts';
import { openStreams } from '../../n8n/kit/plant.mts';
import { Company } from '../../n8n/templates/odoo/company.mts';
import { postingsOf } from '../../n8n/templates/odoo/postings.mts';
import { attemptsAccount, type AttemptRun, type AttemptsAccount } from '../kit/account.mts';
import type { QueueServers } from '../kit/queueServers.mts';
import { distribution } from '../kit/stats.mts';
import type { Farm } from './farm.mts';
import { BulkLoad, OrderLoad, type Load } from './load.mts';
import { flowId, publishedFor, type LineSpec } from './plan.mts';
import { killByTheMinute, Sampler, type Kill, type Sample } from './watch.mts';

export interface LineResult extends LineSpec {
	/** Events for each second from the first to the last that was done. */
	carried: number;
	/** Seconds from the last event made to the last event done. */
	drained: number;
	/** Seconds; the median, and what 95 % of the samples were below, while events were made. */
	longestLag: number;
	medianLag: number;
	lag95: number;
	kills: Kill[];
	/** Processor milliseconds for each event, by process. */
	cpuMs: Record<string, number>;
	/** How often the trigger gave up waiting for the word of a run. */
	noWord: number;
	database: AttemptsAccount;
	/** Lean flow: events that came to the receiver, and repeats that it recognized by their id. */
	receiver?: { events: number; repeats: number };
	/** Template: what Odoo has, compared with what Pico completed. */
	books?: Books['count'];
	samples: Sample[];
	wrong: string[];
}

/** Longest time without any progress before a line counts as stuck. */
const STUCK_MS = 240_000;
/** Executions that are read at once: their data can be large. */
const PAGE = 500;

/** Executions of a workflow, oldest first. Event ids are found in the stored data, as whole JSON texts. */
async function attemptRuns(servers: QueueServers, workflowId: string): Promise<AttemptRun[]> {
	const runs: AttemptRun[] = [];
	for (let last = 0; ; last = runs[runs.length - 1].id) {
		const page = await servers.query<AttemptRun>(`
			SELECT e.id, e.status, e."deduplicationKey" AS key,
				(SELECT coalesce(json_agg(DISTINCT m[1]), '[]') FROM regexp_matches(d.data, '"([A-Za-z0-9_-]{24})"', 'g') m) AS events
			FROM execution_entity e LEFT JOIN execution_data d ON d."executionId" = e.id
			WHERE e."workflowId" = '${workflowId}' AND e.id > ${last} ORDER BY e.id LIMIT ${PAGE}`);
		if (page.length === 0) return runs;
		runs.push(...page);
	}
}

async function haveEnded(servers: QueueServers, workflowId: string): Promise<boolean> {
	const [{ n }] = await servers.query<{ n: number }>(`SELECT count(*)::int AS n FROM execution_entity WHERE "workflowId" = '${workflowId}' AND status IN ('new', 'running', 'waiting')`);
	return n === 0;
}

/** Lines in which the trigger says that it heard nothing of a run. */
const noWords = ({ main }: Farm): number => main.log().match(/No word of the run/g)?.length ?? 0;

/** Publishes one workflow, makes the events, waits for their end, and accounts for every one of them. */
export async function runLine(farm: Farm, spec: LineSpec, report: (text: string) => void): Promise<LineResult> {
	const { sandbox, collector, main } = farm;
	collector.clear();
	const ids = new Set<string>();
	collector.onCall = (run) => run.forEach(({ eventId }) => ids.add(eventId));
	const load = spec.kind === 'lean' ? new BulkLoad(sandbox) : new OrderLoad(sandbox);
	report('preparing');
	await load.prepare(spec.events);
	if (spec.backlog) await load.more(spec.events);
	const done = await counterOf(farm, spec, ids);

	const published = publishedFor(spec);
	for (const id of published) await main.activate(id);
	await until('the trigger to listen', async () => (await openStreams(sandbox)) === 1, { timeoutMs: 120_000 });
	const silentBefore = noWords(farm);
	const sampler = new Sampler(farm, load, done, ({ second, made, done: finished, lag, waiting, busy }) =>
		report(`${second} s: ${made} made, ${finished} done, lag ${lag} s, ${waiting} jobs wait, ${Math.round(busy * 100)} % busy`),
	);
	const kills: Kill[] = [];
	const ended = new AbortController();
	let failure: string | undefined;
	const killing = (spec.killEvery ? killByTheMinute(farm, spec.killEvery, kills, () => sampler.second, ended.signal) : Promise.resolve(undefined)).catch(
		(error: unknown) => `a killed worker did not come back: ${String(error)}`,
	);
	try {
		if (!spec.backlog) await load.run(spec.rate, spec.events);
		ended.abort();
		failure = await killing;
		failure ??= await untilDone(load, sampler, spec.events);
		await until('all runs to end', async () => await haveEnded(farm.servers, flowId(spec)), { timeoutMs: STUCK_MS });
		// One more look after the end, for the curve to arrive.
		await pause(1_100);
	} finally {
		ended.abort();
		sampler.stop();
		for (const id of published.reverse()) await main.deactivate(id);
	}
	const { wrong, ...accounts } = await accountsOf(farm, spec);
	if (failure) wrong.unshift(failure);
	return { ...spec, ...speedOf(spec, load, sampler), kills, noWord: noWords(farm) - silentBefore, ...accounts, samples: sampler.samples, wrong };
}

/** How many events are done: told to the receiver, or noted in Odoo. */
async function counterOf({ sandbox }: Farm, { kind }: LineSpec, ids: Set<string>): Promise<() => Promise<number>> {
	if (kind === 'lean') return async () => ids.size;
	const notes = async () => (await sandbox.control<{ counts: Record<string, number> }>('GET', `${sandbox.odoo}/control/state?limit=1`)).counts['mail.message'] ?? 0;
	const before = await notes();
	return async () => (await notes()) - before;
}

/** @returns what is wrong when nothing moves any more */
async function untilDone(load: Load, { samples }: Sampler, events: number): Promise<string | undefined> {
	let [seen, since] = [-1, Date.now()];
	for (;;) {
		const done = samples.at(-1)?.done ?? 0;
		if (done >= events && load.made >= events) return undefined;
		if (done !== seen) [seen, since] = [done, Date.now()];
		if (Date.now() - since > STUCK_MS) return `only ${done} of ${events} events were done, and nothing moved for ${STUCK_MS / 1000} s`;
		await pause(200);
	}
}

/** What n8n's database and the other system have of the events that Pico completed. */
async function accountsOf(farm: Farm, spec: LineSpec): Promise<Pick<LineResult, 'database' | 'receiver' | 'books' | 'wrong'>> {
	const completions = await completionsOf(farm.sandbox);
	const database = attemptsAccount(new Set(completions.map(({ eventId }) => eventId)), await attemptRuns(farm.servers, flowId(spec)));
	const wrong: string[] = [];
	if (completions.length !== spec.events) wrong.push(`Pico has ${completions.length} completions instead of ${spec.events}`);
	if (database.lost > 0) wrong.push(`${database.lost} events are in no execution`);
	if (database.startedTwice > 0) wrong.push(`${database.startedTwice} events were started twice`);
	if (database.withoutSuccess > 0) wrong.push(`of ${database.withoutSuccess} events no run succeeded`);
	if (database.sameKey > 0) wrong.push(`${database.sameKey} executions share a key`);
	if (spec.kind === 'lean') {
		const { hits } = farm.collector;
		const events = new Set(hits.map(({ eventId }) => eventId)).size;
		if (events !== spec.events) wrong.push(`${spec.events - events} events never reached the receiver`);
		return { database, receiver: { events, repeats: hits.length - events }, wrong };
	}
	const books = compareBooks({ completions: asBooks(completions), postings: await postingsOf(new Company(farm.sandbox), completions) });
	for (const { key, verdict, difference } of books.wrong.slice(0, 5)) wrong.push(`${key}: ${verdict} ${difference}`);
	return { database, books: books.count, wrong };
}

function speedOf(spec: LineSpec, { madeAt }: Load, { samples, cpuSeconds }: Sampler) {
	const tenths = (value: number) => Math.round(value * 10) / 10;
	const first = samples.find(({ done }) => done > 0);
	const last = samples.find(({ done }) => done >= spec.events) ?? samples[samples.length - 1];
	const span = last.second - (first?.second ?? 0);
	const lags = distribution(samples.filter(({ made }) => made < spec.events || spec.backlog).map(({ lag }) => lag));
	const lastMade = ((madeAt.at(-1) ?? 0) - (madeAt[0] ?? 0)) / 1000;
	return {
		carried: span > 0 ? tenths((last.done - (first?.done ?? 0)) / span) : 0,
		drained: Math.max(0, tenths(last.second - lastMade)),
		...{ longestLag: Math.max(...samples.map(({ lag }) => lag)), medianLag: lags?.p50 ?? 0, lag95: lags?.p95 ?? 0 },
		cpuMs: Object.fromEntries(Object.entries(cpuSeconds).map(([name, used]) => [name, tenths((used * 1_000) / spec.events)])),
	};
}
