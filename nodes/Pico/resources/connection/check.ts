import type { IDataObject } from 'n8n-workflow';

import { runBounded } from '../../../shared/api/bounded';
import { PicoClient } from '../../../shared/api/client';
import { deadline, elapsed, within } from '../../../shared/api/pause';
import { closable } from '../../../shared/api/transport';
import { EVENT_KINDS } from '../../../shared/events/kinds';
import type { Execute, Run } from '../../helpers/run';
import { failed, LIMITS, tooLate, type Finding, type Line } from './finding';
import { ownHost } from './host';
import { introspection, notReached, reach, token } from './reach';
import { reportText, worst } from './report';
import { clock, names, proxy, webhooks } from './server';
import { judge, nameOf, tryStream, webSocket } from './streams';

const LEEWAY_MS = 2_000;
const STREAMS_AT_ONCE = 5;
/** In the order in which a person would solve them. */
const CHECKS = ['Address', 'Certificate', 'Path', 'Token', 'Clock', 'Introspection', 'Names', ...EVENT_KINDS.map(nameOf), 'WebSocket', 'Proxy', 'Webhooks'];

/** One item for each check and one with the text for an issue. However many items come in: there is one connection. */
export const execute: Execute = async (run, item) => {
	if (item > 0) return [];
	const started = elapsed();
	const client = await PicoClient.of(closable(run.context));
	const limit = deadline(LIMITS.total, tooLate(), run.signal);
	const found = new Map<string, Finding>();
	const types: string[] = [];
	// The deadline ends whatever listens to it; what does not is left behind.
	const isWhole = await within(fill(found, types, { client, signal: limit.signal }), LIMITS.total + LEEWAY_MS, false);
	limit.stop();
	const missing = isWhole ? notReached : (check: string) => failed(check, tooLate(), 'skipped');
	const all = [...CHECKS.map((check) => found.get(check) ?? missing(check)), ...ownHost(run.context, client.endpoint)];
	const items = all.map(({ details, ...rest }) => (Object.keys(details).length > 0 ? { ...rest, details } : { ...rest }));
	return [...items, lastItem(run, client, all, types, Math.round((elapsed() - started) / 100) / 10)];
};

/** Adds what is found, and the types of the server, so that nothing of it is lost when time is up. */
async function fill(found: Map<string, Finding>, types: string[], line: Line): Promise<true> {
	const { client } = line;
	const add = (...more: Finding[]) => more.forEach((finding) => found.set(finding.check, finding));

	const { findings, isReached, at } = await reach(line);
	add(...findings);
	// Of any answer: one that is refused has them too.
	const { headers } = client;
	if (Object.keys(headers).length > 0) add(clock(headers.date, at));
	if (!isReached) return true;

	const [tokenTaken, { finding, dialect }] = await Promise.all([token(line), introspection(line)]);
	add(tokenTaken, finding);
	types.push(...dialect.describe());
	if (tokenTaken.verdict !== 'ok') return true;

	const tried: Array<Awaited<ReturnType<typeof tryStream>>> = [];
	const jobs = [
		async () => add(await webhooks(line)),
		async () => add(await webSocket(line, dialect)),
		...EVENT_KINDS.map((kind, index) => async () => void (tried[index] = await tryStream(line, dialect, kind))),
	];
	await runBounded(jobs.length, { size: STREAMS_AT_ONCE }, async (index) => await jobs[index](), { keepGoing: true });
	const { findings: ofStreams, heldBack } = judge(tried, Date.parse(headers.date ?? '') || at);
	add(...ofStreams, names(dialect), proxy(headers, heldBack));
	return true;
}

function lastItem(run: Run, client: PicoClient, found: readonly Finding[], types: readonly string[], seconds: number): IDataObject {
	const open = found.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning').map(({ check }) => check);
	const meaning = open.length === 0 ? 'Everything is fine.' : `${open.length} of ${found.length} checks need attention: ${open.join(', ')}.`;
	if (open.length > 0) run.warn(meaning);
	const whatToDo = open.length === 0 ? 'Go on with your first workflow.' : "Follow 'whatToDo' of these checks. To ask for help, paste 'report' into an issue: it contains no token and no address.";
	return { check: 'Report', verdict: worst(found), meaning, whatToDo, details: { seconds }, report: reportText(client, found, types, seconds) };
}
