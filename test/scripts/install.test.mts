import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { evaluate } from './evaluate.mts';

describe('what counts as installed', () => {
	let folder: string;

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'install-'));
		const packages = {
			'': { name: 'project' },
			'node_modules/left': { version: '1.0.0' },
			'node_modules/@scope/right': { version: '2.0.0' },
			'node_modules/other-platform': { version: '3.0.0', optional: true },
		};
		write('package-lock.json', { packages });
		write('node_modules/.package-lock.json', { packages });
		write('node_modules/left/package.json', {});
		write('node_modules/@scope/right/package.json', {});
	});

	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	function write(path: string, content: unknown): void {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), JSON.stringify(content));
	}

	const why = async () =>
		await evaluate<string | null>(
			`import { whyInstall } from './scripts/lib/install.mjs'; give(whyInstall(${JSON.stringify(folder)}) ?? null);`,
		);

	it('is content when every package of the lockfile is there, whatever is optional', async () => {
		expect(await why()).toBeNull();
	});

	it('does not mistake an interrupted installation for a finished one', async () => {
		write('.cache/installing', 'now');
		const later = new Date(Date.now() + 1000);
		utimesSync(join(folder, '.cache/installing'), later, later);
		expect(await why()).toMatch(/interrupted/);
	});

	it('trusts an installation that somebody finished by hand after an interrupted one', async () => {
		write('.cache/installing', 'long ago');
		utimesSync(join(folder, '.cache/installing'), new Date(0), new Date(0));
		expect(await why()).toBeNull();
	});

	it('installs again when the lockfile asks for another version', async () => {
		write('package-lock.json', { packages: { '': {}, 'node_modules/left': { version: '1.0.1' } } });
		expect(await why()).toBe('left is out of date');
	});

	it('installs again when the folder of a package is gone', async () => {
		rmSync(join(folder, 'node_modules/@scope/right'), { recursive: true });
		expect(await why()).toBe('@scope/right is missing');
	});

	it('installs in a fresh clone', async () => {
		rmSync(join(folder, 'node_modules'), { recursive: true });
		expect(await why()).toBe('not installed yet');
	});
});
