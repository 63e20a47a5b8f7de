import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { evaluate } from './evaluate.mts';

type Taken = { holder?: { pid: number } };

describe('the lock of a running command', () => {
	let file: string;

	beforeEach(() => {
		file = join(mkdtempSync(join(tmpdir(), 'lock-')), 'running.json');
	});

	afterEach(() => rmSync(join(file, '..'), { recursive: true, force: true }));

	const take = async (andRelease = false) =>
		await evaluate<Taken>(`
			import { takeLock } from './scripts/lib/lock.mjs';
			const taken = takeLock(${JSON.stringify(file)});
			if (${andRelease} && 'release' in taken) taken.release();
			give(taken);
		`);

	it('is free in a new folder, and again after its release', async () => {
		expect(await take(true)).not.toHaveProperty('holder');
		expect(existsSync(file)).toBe(false);
	});

	it('names the process that holds it while that lives', async () => {
		writeFileSync(file, JSON.stringify({ pid: process.pid, command: basename(process.argv[1]) }));
		expect(await take()).toEqual({ holder: expect.objectContaining({ pid: process.pid }) });
	});

	it('is free when its holder was killed', async () => {
		await take();
		expect(await take()).not.toHaveProperty('holder');
	});

	it('is free when another program got the process id of its holder', async () => {
		writeFileSync(file, JSON.stringify({ pid: process.pid, command: 'no-such-command.mjs' }));
		const taken = await take();
		if (process.platform === 'linux') expect(taken).not.toHaveProperty('holder');
	});

	it('is free when its file is cut short', async () => {
		writeFileSync(file, '{"pid":');
		expect(await take()).not.toHaveProperty('holder');
	});
});
