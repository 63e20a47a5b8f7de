/**
 * Checks of the built package, in the order in which they would hurt: can n8n load it, does it need anything that n8n
 * does not provide, does n8n's official scanner accept sources and tarball, is it small.
 *
 * Run after the build: `node scripts/check-dist.mjs [folder of the package]`, by default the package of the current
 * folder. Prints one line for each check; exits 1 when one fails.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

/** What n8n has on board for community nodes; see the lint rule `no-restricted-imports`. */
const PROVIDED = new Set(['n8n-workflow', 'lodash', 'luxon', 'p-limit', 'zod', 'node:crypto', 'crypto']);
/**
 * Bytes that a package may take, packed and unpacked; files, and bytes of these, that n8n may read of it when it starts.
 * What is read is the same on every machine, unlike the time that it takes, which `npm run bench` measures.
 */
const LIMITS = {
	'n8n-nodes-pico-mes': { tarball: 120_000, unpacked: 450_000, startFiles: 38, start: 100_000 },
	'n8n-nodes-eryxon': { tarball: 80_000, unpacked: 350_000, startFiles: 95, start: 260_000 },
};

const root = path.resolve(process.argv[2] ?? '.');
process.chdir(root);
const require = createRequire(path.join(root, 'package.json'));
const pkg = JSON.parse(readFileSync('package.json', 'utf8'));
const { tarball: MAX_TARBALL, unpacked: MAX_UNPACKED, startFiles: MAX_START_FILES, start: MAX_START } = LIMITS[pkg.name];
let failed = 0;

async function check(name, run) {
	const started = performance.now();
	try {
		const detail = await run();
		console.log(`✓ ${name}${detail ? `: ${detail}` : ''} (${Math.round(performance.now() - started)} ms)`);
	} catch (error) {
		failed++;
		console.log(`✗ ${name}: ${error.message}`);
	}
}

const files = (folder, ending) =>
	readdirSync(folder, { recursive: true })
		.filter((file) => file.endsWith(ending))
		.map((file) => path.join(folder, file));

await check('every require in dist is provided by n8n', () => {
	const strange = [];
	for (const file of files('dist', '.js')) {
		for (const [, name] of readFileSync(file, 'utf8').matchAll(/\b(?:require|import)\(\s*["']([^"']+)["']\s*\)/g)) {
			if (name.startsWith('.')) {
				if (!existsSync(require.resolve(path.resolve(path.dirname(file), name)))) strange.push(`${file}: ${name}`);
			} else if (!PROVIDED.has(name)) strange.push(`${file}: ${name}${isBuiltin(name) ? ' (Node.js built-in)' : ''}`);
		}
	}
	if (strange.length > 0) throw new Error(strange.join('; '));
});

await check('node and credential files load under their class names, with icons and codex', () => {
	for (const file of [...pkg.n8n.nodes, ...pkg.n8n.credentials]) {
		const name = path.basename(file).split('.')[0];
		const Type = require(path.resolve(file))[name];
		if (typeof Type !== 'function' || Type.name !== name) throw new Error(`${file} has no class ${name}`);
		const instance = new Type();
		const { light, dark } = instance.icon ?? instance.description.icon;
		for (const icon of [light, dark]) {
			const target = path.resolve(path.dirname(file), icon.replace(/^file:/, ''));
			if (!existsSync(target)) throw new Error(`${file}: icon ${icon} is missing in dist`);
		}
		if (instance.description && !existsSync(file.replace(/\.js$/, '.json'))) throw new Error(`${file} has no codex file`);
	}
	const exported = Object.keys(require(path.join(root, 'index.js')));
	const wanted = [...pkg.n8n.nodes, ...pkg.n8n.credentials].map((file) => path.basename(file).split('.')[0]);
	const missing = wanted.filter((name) => !exported.includes(name));
	if (missing.length > 0) throw new Error(`index.js does not export ${missing.join(', ')}`);
	return `${wanted.length} classes`;
});

await check(`n8n reads at most ${MAX_START_FILES} files and ${MAX_START / 1000} KB when it starts`, () => {
	const script = `
		for (const provided of ['n8n-workflow', 'luxon', 'zod']) require(provided);
		const before = new Set(Object.keys(require.cache));
		for (const file of ${JSON.stringify([...pkg.n8n.nodes, ...pkg.n8n.credentials])}) require(require('node:path').resolve(file));
		console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));`;
	const read = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
	const bytes = read.reduce((sum, file) => sum + statSync(file).size, 0);
	const found = `${read.length} files, ${(bytes / 1000).toFixed(1)} KB`;
	if (read.length > MAX_START_FILES || bytes > MAX_START) throw new Error(`${found}: ${read.map((file) => path.relative(root, file)).join(', ')}`);
	return found;
});

await check('official scanner, sources: no errors', async () => {
	const result = await analyzePackage(root, SOURCE_FILE_PATTERNS);
	if (!result.passed) throw new Error(`${result.message}\n${result.details ?? ''}`);
});

const unpacked = mkdtempSync(path.join(tmpdir(), 'n8n-pack-'));
try {
	await check(`tarball at most ${MAX_TARBALL / 1000} KB, unpacked at most ${MAX_UNPACKED / 1000} KB`, () => {
		const [{ filename, size, unpackedSize }] = JSON.parse(
			execFileSync('npm', ['pack', '--json', '--pack-destination', unpacked], { encoding: 'utf8', shell: process.platform === 'win32' }),
		);
		execFileSync('tar', ['-xzf', path.join(unpacked, path.basename(filename)), '-C', unpacked]);
		const sizes = `${(size / 1000).toFixed(1)} KB, unpacked ${(unpackedSize / 1000).toFixed(1)} KB`;
		if (size > MAX_TARBALL || unpackedSize > MAX_UNPACKED) throw new Error(sizes);
		return sizes;
	});

	await check('official scanner, tarball: no errors', async () => {
		const result = await analyzePackage(path.join(unpacked, 'package'), ['**/*.js', 'package.json']);
		if (!result.passed) throw new Error(`${result.message}\n${result.details ?? ''}`);
	});

	await check('the tarball holds licence and README, and no sources', () => {
		const packed = files(path.join(unpacked, 'package'), '').filter((file) => statSync(file).isFile());
		const has = (ending) => packed.some((file) => file.endsWith(ending));
		const notices = existsSync('THIRD_PARTY_NOTICES.md') ? ['THIRD_PARTY_NOTICES.md'] : [];
		for (const wanted of ['LICENSE.md', 'README.md', ...notices]) if (!has(wanted)) throw new Error(`${wanted} is missing`);
		const sources = packed.filter((file) => /\.(m?ts|map)$/.test(file));
		if (sources.length > 0) throw new Error(`unexpected: ${sources.join(', ')}`);
		return `${packed.length} files`;
	});
} finally {
	rmSync(unpacked, { recursive: true, force: true });
}

process.exitCode = failed > 0 ? 1 : 0;
