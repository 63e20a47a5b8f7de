/**
 * Writes `packages/eryxon` as a repository of its own, since n8n asks for one for each package:
 *
 *   node scripts/standalone.mjs <folder>            writes the copy; the folder must be empty or new
 *   node scripts/standalone.mjs --check [folder]    writes it to a temporary folder and lints, builds, checks and tests it there
 *
 * The tests need the double and parts of the test kit: what they import from outside the package goes to `test/outside`.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandLine } from './lib/command-line.mjs';
import { npmCommand, runCommand } from './lib/run.mjs';
import { StepError } from './lib/steps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const home = path.join(root, 'packages', 'eryxon');
/** Not part of the copy: built, installed, or tied to the n8n and the Odoo of this repository. */
const LEFT_OUT = ['dist', 'node_modules', 'test/n8n', 'test/bench', 'test/bulkSpeed.test.mts', 'gulpfile.js', 'tsconfig.json'];
/** What the copy needs to lint, build, check and test itself; the versions are those of this repository. */
const TOOLS = ['@n8n/node-cli', '@n8n/scan-community-package', '@swc/core', '@swc/jest', '@types/jest', '@types/node', 'eslint', 'gulp', 'jest', 'n8n-core', 'n8n-workflow', 'prettier', 'typescript'];

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const inside = (file) => !path.relative(home, file).startsWith('..');
/** Where a file of this repository lies in the copy. */
const placeOf = (file) => (inside(file) ? path.relative(home, file) : path.join('test', 'outside', path.relative(root, file)));

function filesOf(folder) {
	return readdirSync(folder).flatMap((name) => {
		const file = path.join(folder, name);
		if (LEFT_OUT.includes(path.relative(home, file).split(path.sep).join('/'))) return [];
		return statSync(file).isDirectory() ? filesOf(file) : [file];
	});
}

/** Copies files, and behind them everything that they import from elsewhere, with the paths that hold there. */
function copy(target) {
	const waiting = filesOf(home);
	const done = new Set();
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		if (done.has(file)) continue;
		done.add(file);
		const place = path.join(target, placeOf(file));
		mkdirSync(path.dirname(place), { recursive: true });
		if (!/\.m?ts$/.test(file)) {
			writeFileSync(place, readFileSync(file));
			continue;
		}
		const text = readFileSync(file, 'utf8').replace(/(\bfrom '|\bimport\('|\bimport ')(\.[^']+)(')/g, (all, before, name, after) => {
			const imported = path.resolve(path.dirname(file), name);
			// Code of the package imports the package only, and without endings.
			if (!existsSync(imported) || !statSync(imported).isFile() || (inside(file) && inside(imported))) return all;
			waiting.push(imported);
			const there = path.relative(path.dirname(placeOf(file)), placeOf(imported)).split(path.sep).join('/');
			return `${before}${there.startsWith('.') ? there : `./${there}`}${after}`;
		});
		writeFileSync(place, text);
	}
}

function settings(target) {
	const write = (name, value) => writeFileSync(path.join(target, name), typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`);
	const own = json(path.join(home, 'package.json'));
	const { devDependencies } = json(path.join(root, 'package.json'));
	const { compilerOptions, include } = json(path.join(root, 'tsconfig.json'));
	write('package.json', {
		...own,
		scripts: {
			...own.scripts,
			test: 'jest',
			'check:dist': 'node scripts/check-dist.mjs',
			prepublishOnly: own.scripts.prepublishOnly.replace('../../scripts/', 'scripts/'),
		},
		devDependencies: Object.fromEntries(TOOLS.map((name) => [name, devDependencies[name]])),
	});
	write('tsconfig.json', { compilerOptions, include });
	write('gulpfile.js', readFileSync(path.join(home, 'gulpfile.js'), 'utf8').replace("'../../scripts/", "'./scripts/"));
	write('.gitignore', 'node_modules/\ndist/\n');
	write(
		'jest.config.mjs',
		`${readFileSync(path.join(root, 'test', 'jest.config.mjs'), 'utf8').replace(/\nexport default[\s\S]*/, '').replace(/^\tmodulePathIgnorePatterns: .*\n/m, "\tmodulePathIgnorePatterns: ['<rootDir>/dist/'],\n")}\nexport default { ...shared, roots: ['<rootDir>/test'], testMatch: ['**/*.test.mts'] };\n`.replace(/^\/\*\*.*\*\/\n/, ''),
	);
	mkdirSync(path.join(target, 'scripts'), { recursive: true });
	for (const name of ['gulp-build.js', 'output-schemas.js', 'check-dist.mjs', 'check-publish.mjs', 'check-tag.mjs']) write(path.join('scripts', name), readFileSync(path.join(root, 'scripts', name), 'utf8'));
}

function write(target) {
	if (existsSync(target) && readdirSync(target).length > 0) throw new StepError(`${target} is not empty`);
	mkdirSync(target, { recursive: true });
	copy(target);
	settings(target);
}

async function check(steps, target) {
	symlinkSync(path.join(root, 'node_modules'), path.join(target, 'node_modules'), 'junction');
	const run = async (name, args) =>
		await steps.run(`Alone: ${name}`, async () => {
			const { code, output } = await runCommand({ ...npmCommand(args), cwd: target });
			if (code !== 0) throw new StepError(output);
		});
	await run('lint', ['run', '--silent', 'lint']);
	await run('build', ['run', '--silent', 'build']);
	await run('check what would be published', ['run', '--silent', 'check:dist']);
	// The whole suite has run before; this shows that it finds everything that it needs.
	await run('test', ['test', '--', 'core', 'production', 'missed']);
}

await commandLine(async ({ steps, args }) => {
	const checked = args.includes('--check');
	const [given] = args.filter((arg) => !arg.startsWith('--'));
	if (!given && !checked) throw new StepError('Name the folder to write to: node scripts/standalone.mjs <folder>');
	const target = path.resolve(given ?? mkdtempSync(path.join(tmpdir(), 'n8n-nodes-eryxon-')));
	await steps.run(`Write the package to ${given ?? 'a folder of its own'}`, async () => write(target));
	if (!checked) return 0;
	try {
		await check(steps, target);
	} finally {
		if (!given) rmSync(target, { recursive: true, force: true });
	}
	return 0;
});
