/**
 * `npm run compat [-- --only 2.20,newest] [--again]`: the packed packages in several releases of n8n, each installed with
 * its own Node into `.cache/compat`. Prints a table; a full run writes docs/results/compatibility.json and the table in
 * docs/compatibility.md, one with --only writes test-results/compatibility.json. A release that passed within a day with
 * the very same packages is not run again, so that a run that was cut short goes on; --again runs all. Exits 1 when a
 * check failed.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';

import { measuring, messageOf, type Run } from '../kit/command.mts';
import { factsNow, keep } from '../kit/kept.mts';
import { flag, readOptions, some } from '../kit/options.mts';
import { action, capabilities, closeSmoke, eryxonAction, kills, loads, openSmoke, publish, queued, trigger, webhook, webSocket } from './checks.mts';
import { Packages } from './packages.mts';
import { installLibrary, InstallError, installN8n, Kept, LINES, OLDEST, published, releasesOf, workflowLibraryOf, type Installed, type Line } from './releases.mts';
import { failures, ranWell, tableOf, type Outcome, type Report, type Row } from './report.mts';

const outcomeOf = async <T,>(work: () => Promise<T>, told: (result: T) => string = String): Promise<Outcome & { result?: T }> =>
	await work().then(
		(result) => ({ ok: true, detail: told(result), result }),
		(cause: unknown) => ({ ok: false, detail: messageOf(cause) }),
	);

/** The newest release of a line that installs, with all its checks; or a row that says why none does. */
async function runLine(run: Run, packages: Packages, line: Line, versions: readonly string[], resume: boolean): Promise<Row> {
	const { root, say } = run;
	const began = Date.now();
	const refused: Row['triedBefore'] = [];
	const rowNow = (n8n: string): Row => ({ line: line.name, n8n, at: new Date().toISOString(), load: loadavg(), triedBefore: refused, seconds: 0 });
	for (const version of releasesOf(line, versions)) {
		const kept = new Kept<Row>(join(root, '.cache', 'compat', 'rows', `${version}-${packages.fingerprint()}.json`));
		const known = resume ? kept.read() : undefined;
		// One that was kept before there were all of today's checks does not do.
		if (known && ranWell(known)) {
			say(`n8n ${version}: as found at ${known.at}`);
			return { ...known, triedBefore: refused };
		}
		const row = rowNow(version);
		try {
			say(`n8n ${version}: install`);
			await check(run, packages, await installN8n(root, line, version), row);
			row.seconds = Math.round((Date.now() - began) / 1000);
			if (ranWell(row)) kept.write(row);
			return row;
		} catch (cause) {
			if (!(cause instanceof InstallError)) throw cause;
			say(`n8n ${version}: does not install here: ${cause.message}`);
			refused.push({ n8n: version, refused: cause.message });
		}
	}
	const [newest, ...others] = refused;
	if (!newest) throw new Error(`The registry has no n8n ${line.name}`);
	return { ...rowNow(newest.n8n), ...newest, triedBefore: others, seconds: Math.round((Date.now() - began) / 1000) };
}

async function check({ root, say, onEnd }: Run, packages: Packages, host: Installed, row: Row): Promise<void> {
	const libraries = join(host.folder, 'node_modules');
	row.node = host.nodeVersion;
	row.workflowLibrary = (JSON.parse(readFileSync(join(libraries, 'n8n-workflow', 'package.json'), 'utf8')) as { version: string }).version;
	const attempt = async <T,>(name: string, work: () => Promise<T>, told?: (result: T) => string) => {
		const { result, ...outcome } = await outcomeOf(work, told);
		say(`n8n ${host.version}: ${name}: ${outcome.ok ? 'yes' : 'NO'}, ${outcome.detail}`);
		return typeof result === 'object' ? { ...outcome, ...result } : outcome;
	};
	row.typings = await attempt('typings', async () => await packages.typings(libraries, host.node));
	const smoke = await openSmoke(root, host, packages.tarballs);
	const forget = onEnd(async () => await closeSmoke(smoke));
	try {
		row.action = await attempt('action', async () => await action(smoke));
		row.eryxon = await attempt('eryxon', async () => await eryxonAction(smoke));
		row.published = await publish(smoke);
		await smoke.plant.n8n.start();
		row.loads = await attempt('loads', async () => await loads(smoke));
		row.trigger = await attempt('trigger', async () => await trigger(smoke));
		const found = (is: boolean) => (is ? 'found' : 'not found');
		row.capabilities = await attempt(
			'capabilities',
			async () => await capabilities(smoke),
			({ deduplicationKey, secondStart, saveFailedExecution }) => `deduplication key ${found(deduplicationKey)}, second start ${secondStart}; saveFailedExecution ${found(saveFailedExecution)}`,
		);
		row.kills = await attempt('kill and restart', async () => await kills(smoke), ({ lost, duplicated, events }) => `${lost} lost, ${duplicated} twice of ${events}`);
		row.kills.ok &&= row.kills.lost === 0 && row.kills.duplicated === 0 && row.kills.strange?.length === 0;
		row.webhook = await attempt('webhook', async () => await webhook(smoke));
		row.webSocket = await attempt('WebSocket', async () => await webSocket(smoke));
		row.queued = await attempt(
			'queued runs and a kill',
			async () => await queued(smoke),
			({ survive, queued: waited, lost, stuck, crashed, again, strange }) => `${waited} queued at the kill, ${survive ? 'all run' : `${lost} lost, ${stuck} never run`}, ${crashed} crashed, ${again} twice with After Run Succeeds ${strange.join('; ')}`.trim(),
		);
	} catch (cause) {
		say(`n8n ${host.version}: ${messageOf(cause)}`);
		row.loads ??= { ok: false, detail: messageOf(cause).slice(0, 2000) };
	} finally {
		forget();
		await closeSmoke(smoke);
	}
}

/** The oldest n8n-workflow that has to do: the one that the first release of the oldest line depends on. */
async function oldestTypings({ root, say }: Run, packages: Packages, versions: readonly string[]): Promise<Report['oldestTypings']> {
	const n8n = releasesOf(OLDEST, versions).at(-1) ?? '';
	const workflowLibrary = await workflowLibraryOf(root, n8n);
	say(`n8n-workflow ${workflowLibrary}, of n8n ${n8n}: typings`);
	const { ok, detail } = await outcomeOf(async () => await packages.typings(await installLibrary(root, 'n8n-workflow', workflowLibrary), process.execPath));
	return { n8n, workflowLibrary, ok, detail };
}

await measuring(async (run) => {
	const { root, say, steps } = run;
	const lineOf = (name: string) => LINES.find((line) => line.name === name) ?? (/^\d+\.\d+$/.test(name) ? { ...LINES[LINES.length - 1], name } : undefined);
	const { only, again } = readOptions(run.args, { only: some(lineOf, () => 'newest, or a version such as 2.20'), again: flag });
	const { node: _node, ...facts } = factsNow(root);
	const report: Report = { ...facts, n8n: [], packed: '', rows: [] };
	const packages = new Packages(root);
	run.onEnd(() => packages.remove());
	say('build and pack');
	await packages.build();
	report.packed = packages.fingerprint();
	const versions = await published(root);
	if (!only) report.oldestTypings = await oldestTypings(run, packages, versions);
	for (const line of only ?? LINES) {
		const row = await runLine(run, packages, line, versions, !again);
		report.rows.push(row);
		if (row.refused !== undefined && line.instead) report.rows.push(await runLine(run, packages, { ...line, name: line.instead }, versions, !again));
	}
	report.n8n = report.rows.filter(({ refused }) => refused === undefined).map(({ n8n }) => n8n);
	report.seconds = Math.round(run.seconds());
	const table = tableOf(report);
	const file = keep(root, !only, { name: 'compatibility', data: report, page: { file: 'compatibility.md', places: { 'compat:table': table } } });
	steps.say(`\n${table}\n\nWritten: ${file}.`);
	const failed = failures(report);
	for (const each of failed) steps.say(`FAILED ${each}`);
	return failed.length === 0;
});
