import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

import { linkLibraries } from '../kit/places.mts';
import { inProcess, type Given } from '../kit/processes.mts';
import { median } from '../kit/stats.mts';
import { runs, type Question } from './context.mts';
import { CountError, ratioRow, valueRow, type Row } from './report.mts';

const KB = 1024;
const NETSUITE = 'n8n-nodes-netsuite';
/** The lightest of the verified community packages that were looked at; it has no dependencies either. */
const LIGHTEST = '@mendable/n8n-nodes-firecrawl';

interface Manifest {
	dependencies?: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** P12: what the published package weighs, and how long n8n takes to load it, beside two other packages. */
export const weight: Question = async (bench) => {
	const { places } = bench;
	const { size, unpackedSize } = await pack(places.pico, '--dry-run');
	const dependencies = Object.keys(manifestOf(places.pico).dependencies ?? {}).length;
	if (dependencies > 0) throw new CountError(`the package has ${dependencies} dependencies instead of 0`);
	const lightest = await fetchLightest(places.scratch).catch(() => undefined);
	if (lightest) linkLibraries(lightest.folder, join(places.host, 'node_modules'));

	const folders: Record<string, string> = { ours: places.pico, [NETSUITE]: join(places.host, 'node_modules', NETSUITE), ...(lightest ? { [LIGHTEST]: lightest.folder } : {}) };
	const load = async (folder: string, withCore = true) => {
		const { n8n } = manifestOf(folder);
		return await inProcess(places, import.meta.url, loadFiles, { files: [...n8n.nodes, ...n8n.credentials].map((file) => join(folder, file)), withCore });
	};
	const times: Record<string, number[]> = Object.fromEntries(Object.keys(folders).map((name) => [name, []]));
	const alone: number[] = [];
	// The first round warms the file cache of the machine.
	for (let run = 0; run <= runs(bench); run++) {
		for (const [name, folder] of Object.entries(folders)) {
			const ms = await load(folder);
			if (run > 0) times[name].push(ms);
		}
		const bare = await load(places.pico, false);
		if (run > 0) alone.push(bare);
	}
	const { ours, ...others } = times;
	// The lighter of the two decides.
	const lighter = Object.keys(others).sort((a, b) => median(others[a]) - median(others[b]))[0];
	const sizeRow = (what: string, bytes: number, atMost: number, peerBytes: number | undefined): Row =>
		valueRow({ p: 'P12', what, unit: 'KB', ours: [bytes / KB], atMost, ...(peerBytes === undefined ? {} : { peer: { name: LIGHTEST, values: [peerBytes / KB] } }) });
	return [
		sizeRow('Tarball, no dependencies', size, 120, lightest?.size),
		sizeRow('Unpacked', unpackedSize, 450, lightest?.unpackedSize),
		valueRow({
			p: 'P12',
			what: 'Load all nodes and credentials',
			unit: 'ms',
			ours,
			notes: [
				`After n8n-workflow and n8n-core, as in every n8n; a new process for each. After n8n-workflow alone ${median(alone).toFixed(0)} ms (that then loads zod as well).`,
				...(lightest ? [] : [`${LIGHTEST} could not be fetched from the registry, so it is not beside us.`]),
			],
		}),
		...Object.entries(others).map(([peerName, peer]) => ratioRow({ p: 'P12', what: 'The same beside a package', unit: 'ms', ours, peer, peerName, ...(peerName === lighter ? { atMost: 1.3 } : {}) })),
	];
};

interface Packed {
	filename: string;
	size: number;
	unpackedSize: number;
}

async function pack(cwd: string, ...args: string[]): Promise<Packed> {
	const { stdout } = await promisify(execFile)('npm', ['pack', ...args, '--json', '--ignore-scripts'], { cwd, shell: process.platform === 'win32', timeout: 60_000 });
	return (JSON.parse(stdout) as [Packed])[0];
}

/** Unpacks the published package with npm. */
async function fetchLightest(scratch: string): Promise<Packed & { folder: string }> {
	const into = join(scratch, 'lightest');
	mkdirSync(into, { recursive: true });
	const packed = await pack(into, LIGHTEST);
	await promisify(execFile)('tar', ['-xzf', packed.filename.replace('@', '').replace('/', '-')], { cwd: into });
	return { ...packed, folder: join(into, 'package') };
}

/** Milliseconds to load node and credential files into an n8n that runs already; n8n-core brings libraries that we share. */
export async function loadFiles(input: Given & { files: string[]; withCore: boolean }): Promise<number> {
	const require = createRequire(join(input.host, 'package.json'));
	require('n8n-workflow');
	if (input.withCore) require('n8n-core');
	const started = performance.now();
	for (const file of input.files) require(file);
	return performance.now() - started;
}
