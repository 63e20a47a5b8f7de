/**
 * Bulk Sync of 10,000 parts beside Sync of 500 of them, on n8n's engine, against a double in another process that adds
 * 20 ms to each answer. Prints one line of JSON. Run with `node --expose-gc --import tsx`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { around, type DialectName } from '../kit/double.mts';
import { runNode } from '../kit/runNode.mts';

const [dialect = 'g3', bulkCount = '10000', singleCount = '500', latencyMs = '20', chunkSize = '100'] = process.argv.slice(2);

const child = spawn(process.execPath, ['--import', 'tsx', 'packages/eryxon/test/bench/double.mts'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = (await once(child.stdout, 'data')) as [Buffer];
const { url, apiKey } = JSON.parse(line.toString()) as { url: string; apiKey: string };
const double = around(url, apiKey, async () => void child.kill());

const part = (prefix: string) => (_: unknown, index: number) => ({
	external_id: `${prefix}-${index}`,
	part_number: `${prefix}-PN-${index}`,
	job_number: 'BENCH',
	material: 'Steel',
	quantity: 1 + (index % 9),
	notes: `Line ${index} of the order`,
});

const run = async (operation: string, items: object[]) =>
	await runNode({
		credential: double.access,
		parameters: {
			resource: 'part',
			operation,
			fields: { mappingMode: 'autoMapInputData', value: null },
			options: { chunkSize: Number(chunkSize) },
		},
		items: items as never,
	});

const collect = () => (globalThis as { gc?: () => void }).gc?.();

try {
	await double.reset(dialect as DialectName);
	await runNode({
		credential: double.access,
		parameters: { resource: 'job', operation: 'sync', fields: { mappingMode: 'autoMapInputData', value: null } },
		items: [{ external_id: 'BENCH', job_number: 'BENCH' }],
	});
	// Once before measuring, so that both are measured on warm code.
	await run('bulkSync', Array.from({ length: 200 }, part('WARM')));
	await run('sync', Array.from({ length: 20 }, part('WARM2')));
	await double.control('POST', 'switches', { latencyMs: Number(latencyMs) });

	const items = Array.from({ length: Number(bulkCount) }, part('BULK'));
	collect();
	const before = process.memoryUsage();
	let peak = before.rss;
	const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
	const callsBefore = (await double.calls()).length;
	const cpuBefore = process.cpuUsage();
	const bulkStarted = performance.now();
	const bulk = await run('bulkSync', items);
	const bulkMs = performance.now() - bulkStarted;
	const cpu = process.cpuUsage(cpuBefore);
	clearInterval(watch);
	const calls = (await double.calls()).length - callsBefore;
	const confirmed = bulk.json.filter(({ id, confirmed_by: by }) => id && by).length;
	const inOrder = bulk.json.every(({ external_id: id }, index) => id === `BULK-${index}`);
	const stored = (await double.records('parts')).filter(({ external_id: id }) => String(id).startsWith('BULK-')).length;
	collect();
	const held = process.memoryUsage().heapUsed - before.heapUsed;

	const singleStarted = performance.now();
	const single = await run('sync', Array.from({ length: Number(singleCount) }, part('ONE')));
	const singleMs = performance.now() - singleStarted;
	const perRecord = singleMs / single.json.length;
	console.log(
		JSON.stringify({
			dialect,
			latencyMs: Number(latencyMs),
			bulk: { records: items.length, stored, confirmed, inOrder, calls, ms: Math.round(bulkMs), ownCpuMs: Math.round((cpu.user + cpu.system) / 1000), error: bulk.error?.message },
			single: { records: single.json.length, ms: Math.round(singleMs) },
			timesFaster: Number(((perRecord * items.length) / bulkMs).toFixed(1)),
			memory: { peakGrowthMb: Number(((peak - before.rss) / 1e6).toFixed(1)), heldMb: Number((held / 1e6).toFixed(1)) },
		}),
	);
} finally {
	await double.close();
}
process.exit(0);
