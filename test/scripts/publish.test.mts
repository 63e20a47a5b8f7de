import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PLACEHOLDER = /set-before-publish\.invalid/g;
const PACKAGES = ['.', join('packages', 'eryxon')];

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'publish-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = (home: string) => spawnSync(process.execPath, [join('scripts', 'check-publish.mjs'), home], { encoding: 'utf8' });
const filesOf = () => (readdirSync(folder, { recursive: true }) as string[]).filter((file) => /\.(json|md)$/.test(file));
/** A copy of what the check reads. */
const copy = (home: string) => {
	for (const name of ['package.json', 'README.md', 'nodes']) cpSync(join(home, name), join(folder, name), { recursive: true });
};
const rewrite = (file: string, change: (text: string) => string) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));

describe.each(PACKAGES)('the package in %s', (home) => {
	test('is not published while an address is a placeholder: each place is named', () => {
		copy(home);
		for (const file of filesOf()) rewrite(file, (text) => text.replace(PLACEHOLDER, 'git.example.com/acme'));
		expect(check(folder)).toMatchObject({ status: 0 });
		for (const file of filesOf().filter((name) => name === 'package.json' || name === 'README.md' || name.endsWith('.node.json'))) {
			const before = readFileSync(join(folder, file), 'utf8');
			rewrite(file, (text) => `${text}\nhttps://set-before-publish.invalid/x`);
			const { status, stderr } = check(folder);
			expect([status, stderr]).toEqual([1, expect.stringContaining(file)]);
			writeFileSync(join(folder, file), before);
		}
	});

	test('is checked by npm before each publish, and by the workflow that publishes, which tests first', () => {
		const { scripts } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
		expect(scripts.prepublishOnly).toMatch(/^node \S*scripts\/check-publish\.mjs && /);
		const workflow = readFileSync(join(home, '.github', 'workflows', 'publish.yml'), 'utf8');
		const publish = workflow.slice(workflow.indexOf('\n  publish:'));
		expect(publish).toContain('needs: test');
		expect(publish.indexOf('node scripts/check-publish.mjs')).toBeGreaterThan(0);
		expect(publish.indexOf('node scripts/check-publish.mjs')).toBeLessThan(publish.indexOf('npm publish'));
	});
});
