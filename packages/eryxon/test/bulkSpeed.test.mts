import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Measured {
	bulk: { records: number; stored: number; confirmed: number; inOrder: boolean; calls: number; ms: number; error?: string };
	single: { records: number; ms: number };
	timesFaster: number;
	memory: { peakGrowthMb: number; heldMb: number };
}

it('Bulk Sync takes in 10,000 parts far faster than one by one, each of them confirmed, in little memory', async () => {
	const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', 'packages/eryxon/test/bench/bulk.mts', 'g3', '10000', '100']);
	const measured = JSON.parse(stdout) as Measured;
	console.log(stdout);
	expect(measured.bulk).toMatchObject({ records: 10_000, stored: 10_000, confirmed: 10_000, inOrder: true });
	// One call for 100 records, and about one more for 400 to read them back.
	expect(measured.bulk.calls).toBeLessThanOrEqual(130);
	// 50 on a quiet machine; on one that does other work as well, the processor counts for more than the line.
	expect(measured.timesFaster).toBeGreaterThan(25);
	expect(measured.memory.peakGrowthMb).toBeLessThanOrEqual(64);
}, 120_000);
