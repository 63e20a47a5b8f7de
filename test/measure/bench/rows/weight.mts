import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { fetchLightest, LIGHTEST } from '../lib/lightestPeer.mts';
import { measureInProcess } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { CountError, type Row } from '../lib/row.mts';
import { series } from '../lib/stats.mts';
import { valueRow } from '../lib/valueRow.mts';
import { runs, type Measure } from './context.mts';

const KB = 1024;
const NETSUITE = 'n8n-nodes-netsuite';

interface Manifest {
	dependencies?: Record<string, string>;
	n8n: { nodes: string[]; credentials: string[] };
}

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** P12: what the published package weighs, and how long n8n takes to load it, beside two other packages. */
export const weight: Measure = async (bench) => {
	const { places } = bench;
	const pack = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
		cwd: places.pico,
		shell: process.platform === 'win32',
	});
	const [{ size, unpackedSize }] = JSON.parse(pack.stdout) as Array<{ size: number; unpackedSize: number }>;
	const dependencies = Object.keys(manifestOf(places.pico).dependencies ?? {}).length;
	if (dependencies > 0) throw new CountError(`the package has ${dependencies} dependencies instead of 0`);
	const lightest = await fetchLightest(places.scratch);
	if (lightest) symlinkSync(join(places.host, 'node_modules'), join(lightest.folder, 'node_modules'), 'junction');

	const peers: Record<string, string> = { [NETSUITE]: join(places.host, 'node_modules', NETSUITE) };
	if (lightest) peers[LIGHTEST] = lightest.folder;
	const load = async (folder: string, withCore = true) => {
		const { n8n } = manifestOf(folder);
		const files = [...n8n.nodes, ...n8n.credentials].map((file) => join(folder, file));
		return (await measureInProcess<{ ms: number }>(places, 'load', { files, withCore })).ms;
	};
	const ours: number[] = [];
	const alone: number[] = [];
	const others: Record<string, number[]> = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
	// The first round warms the file cache of the machine.
	for (let run = 0; run <= runs(bench); run++) {
		const own = await load(places.pico);
		const bare = await load(places.pico, false);
		if (run > 0) {
			ours.push(own);
			alone.push(bare);
		}
		for (const [name, folder] of Object.entries(peers)) {
			const ms = await load(folder);
			if (run > 0) others[name].push(ms);
		}
	}
	const sizeRow = (what: string, bytes: number, most: number, peerBytes: number | undefined): Row =>
		valueRow({
			p: 'P12',
			what,
			unit: 'KB',
			ours: [bytes / KB],
			atMost: most,
			...(peerBytes === undefined ? {} : { peer: { name: LIGHTEST, ...series([peerBytes / KB]) } }),
		});
	return [
		sizeRow('Tarball, no dependencies', size, 120, lightest?.size),
		sizeRow('Unpacked', unpackedSize, 450, lightest?.unpackedSize),
		valueRow({
			p: 'P12',
			what: 'Load all nodes and credentials',
			unit: 'ms',
			ours,
			atMost: 15,
			notes: [
				`After n8n-workflow and n8n-core, as in every n8n; a new process for each. After n8n-workflow alone ${series(alone).median.toFixed(0)} ms (that then loads zod as well).`,
				...(lightest ? [] : [`${LIGHTEST} could not be fetched from the registry, so it is not beside us.`]),
			],
		}),
		...Object.entries(others).map(([name, values]) =>
			ratioRow({
				p: 'P12',
				what: 'The same beside a package',
				unit: 'ms',
				ours,
				peer: values,
				peerName: name,
				...(name === LIGHTEST ? { atMost: 1 } : {}),
			}),
		),
	];
};
