import { loadavg } from 'node:os';

import { installN8n, versionIn, type Installed } from './host/install.mts';
import { releasesOf, type Line } from './host/lines.mts';
import { InstallError } from './host/npm.mts';
import { loadWith } from './package/load.mts';
import type { PackageName, Tree } from './package/tree.mts';
import { keepRow, keptRow } from './report/kept.mts';
import { ranWell, type Outcome, type Row } from './report/row.mts';
import { action, capabilities, eryxonAction, kills, loads, publish, trigger, webhook, webSocket } from './smoke/checks.mts';
import { CompatPlant } from './smoke/plant.mts';

export interface Bench {
	root: string;
	tree: Tree;
	tarballs: Record<PackageName, string>;
	/** Names the content of the tarballs. */
	packed: string;
	/** Whether rows of an earlier run of the same packages count. */
	resume: boolean;
	say(text: string): void;
	/** Registers something to close on an interrupt; the result forgets it. */
	onStop(close: () => Promise<unknown>): () => void;
}

/** The newest release of a line that installs, with all its checks; or a row that says why none does. */
export async function runLine(bench: Bench, line: Line, versions: readonly string[]): Promise<Row> {
	const started = Date.now();
	const refused: Row['triedBefore'] = [];
	for (const version of releasesOf(line, versions)) {
		const kept = bench.resume ? keptRow(bench.root, bench.packed, version) : undefined;
		if (kept) {
			bench.say(`n8n ${version}: as found at ${kept.at}`);
			return { ...kept, triedBefore: refused };
		}
		const row: Row = { line: line.name, n8n: version, at: new Date().toISOString(), load: loadavg(), triedBefore: refused, seconds: 0 };
		try {
			bench.say(`n8n ${version}: install`);
			const host = await installN8n(bench.root, line, version);
			await check(bench, host, row);
			row.seconds = Math.round((Date.now() - started) / 1000);
			if (ranWell(row)) keepRow(bench.root, bench.packed, row);
			return row;
		} catch (cause) {
			if (!(cause instanceof InstallError)) throw cause;
			bench.say(`n8n ${version}: does not install here: ${cause.message}`);
			refused.push({ n8n: version, refused: cause.message });
		}
	}
	const [newest, ...others] = refused;
	if (!newest) throw new Error(`The registry has no n8n ${line.name}`);
	const at = new Date(started).toISOString();
	return { line: line.name, ...newest, at, load: loadavg(), triedBefore: others, seconds: Math.round((Date.now() - started) / 1000) };
}

async function check(bench: Bench, host: Installed, row: Row): Promise<void> {
	const { say, tarballs } = bench;
	row.node = host.nodeVersion;
	row.workflowLibrary = versionIn(host.folder, 'n8n-workflow');
	const attempt = async <T,>(name: string, work: () => Promise<T>, told: (result: T) => string = String): Promise<Outcome & { result?: T }> => {
		const outcome = await work().then(
			(result) => ({ ok: true, detail: told(result), result }),
			(cause: unknown) => ({ ok: false, detail: cause instanceof Error ? cause.message : String(cause) }),
		);
		say(`n8n ${host.version}: ${name}: ${outcome.ok ? 'yes' : 'NO'}, ${outcome.detail}`);
		return outcome;
	};
	const plain = async (name: string, work: () => Promise<string>): Promise<Outcome> => {
		const { ok, detail } = await attempt(name, work);
		return { ok, detail };
	};

	row.typings = await plain('typings', async () => await typings(bench, `${host.folder}/node_modules`, host.node));
	const plant = await CompatPlant.create(bench.root, host, Object.values(tarballs));
	const forget = bench.onStop(async () => await plant.close());
	try {
		row.action = await plain('action', async () => await action(plant));
		row.eryxon = await plain('eryxon', async () => await eryxonAction(plant));
		row.published = await publish(plant);
		await plant.smoke.start();
		row.loads = await plain('loads', async () => await loads(plant));
		row.trigger = await plain('trigger', async () => await trigger(plant));
		const seen = await attempt('capabilities', async () => await capabilities(plant), inWords);
		row.capabilities = { ok: seen.ok, detail: seen.detail, ...seen.result };
		const killed = await attempt('kill and restart', async () => await kills(plant), ({ lost, duplicated, events }) => `${lost} lost, ${duplicated} twice of ${events}`);
		const clean = killed.result?.lost === 0 && killed.result.duplicated === 0 && killed.result.strange.length === 0;
		row.kills = { detail: killed.detail, ...killed.result, ok: killed.ok && clean };
		row.webhook = await plain('webhook', async () => await webhook(plant));
		row.webSocket = await plain('WebSocket', async () => await webSocket(plant));
	} catch (cause) {
		say(`n8n ${host.version}: ${cause instanceof Error ? cause.message : String(cause)}`);
		row.loads ??= { ok: false, detail: cause instanceof Error ? cause.message.slice(0, 2000) : String(cause) };
	} finally {
		forget();
		await plant.close();
	}
}

/** Both packages compiled against the n8n-workflow of a `node_modules`, and loaded with it in a plain Node. */
export async function typings({ tree, tarballs }: Pick<Bench, 'tree' | 'tarballs'>, libraries: string, node: string): Promise<string> {
	let loaded = 0;
	for (const tarball of Object.values(tarballs)) loaded += await loadWith(node, tarball, libraries);
	const complaints = await tree.complaints(libraries);
	if (complaints.length > 0) throw new Error(`${loaded} files load; ${complaints.length} complaints of the compiler: ${complaints.join(' | ')}`);
	return `compiles, ${loaded} files load`;
}

function inWords({ deduplicationKey, secondStart, saveFailedExecution }: { deduplicationKey: boolean; secondStart: string; saveFailedExecution: boolean }): string {
	return `deduplication key ${deduplicationKey ? 'found' : 'not found'}, second start ${secondStart}; saveFailedExecution ${saveFailedExecution ? 'found' : 'not found'}`;
}
