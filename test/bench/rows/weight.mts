import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { measureInProcess } from '../lib/processes.mts';
import type { Row } from '../lib/row.mts';
import { series } from '../lib/stats.mts';
import type { Measure } from './context.mts';

const KB = 1024;
const LOADS = 3;

interface Manifest {
	n8n: { nodes: string[]; credentials: string[] };
}

/** What the published package weighs, and how long n8n takes to load it. */
export const weight: Measure = async ({ places }) => {
	const pack = await promisify(execFile)('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
		cwd: places.pico,
		shell: process.platform === 'win32',
	});
	const [{ size, unpackedSize }] = JSON.parse(pack.stdout) as Array<{ size: number; unpackedSize: number }>;
	const filesOf = (folder: string) => {
		const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
		return [...n8n.nodes, ...n8n.credentials].map((file) => join(folder, file));
	};
	const ms = async (folder: string, withCore: boolean) =>
		(await measureInProcess<{ ms: number }>(places, 'load', { files: filesOf(folder), withCore })).ms;
	const peer = join(places.host, 'node_modules', 'n8n-nodes-netsuite');
	const times: Record<'ours' | 'alone' | 'peer', number[]> = { ours: [], alone: [], peer: [] };
	for (let run = 0; run <= LOADS; run++) {
		const [ours, alone, other] = [
			await ms(places.pico, true),
			await ms(places.pico, false),
			existsSync(peer) ? await ms(peer, true) : 0,
		];
		// The first one warms the file cache of the machine.
		if (run === 0) continue;
		times.ours.push(ours);
		times.alone.push(alone);
		times.peer.push(other);
	}
	const sizeRow = (what: string, bytes: number, most: number): Row => ({
		what,
		unit: 'KB',
		ours: series([bytes / KB]),
		result: bytes / KB,
		shown: `${(bytes / KB).toFixed(0)} KB`,
		target: { text: `<= ${most} KB`, met: bytes / KB <= most },
	});
	const load = series(times.ours);
	return [
		sizeRow('Tarball', size, 120),
		sizeRow('Unpacked', unpackedSize, 450),
		{
			what: 'Load all nodes and credentials',
			unit: 'ms',
			ours: load,
			peer: { name: 'n8n-nodes-netsuite', ...series(times.peer) },
			result: load.median,
			shown: `${load.median.toFixed(0)} ms`,
			target: { text: '<= 15 ms', met: load.median <= 15 },
			notes: [
				`After n8n-workflow and n8n-core, as in every n8n; after n8n-workflow alone ${series(times.alone).median.toFixed(0)} ms (that then loads zod as well). Three processes each.`,
			],
		},
	];
};
