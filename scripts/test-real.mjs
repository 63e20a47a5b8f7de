// `npm run test:real -- SYSTEM --option value …`: the facts of test/contract/SYSTEM on a real system that you have.
//   npm run test:real                                    the systems there are
//   npm run test:real -- odoo                            the options of one
//   npm run test:real -- odoo --url … --dry-run          says what it would do, and does nothing
// A difference is a fault of our double until shown otherwise.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { commandLine } from './lib/command-line.mjs';
import { RESULTS_FOLDER, runJest } from './lib/jest.mjs';
import { prepare } from './lib/prepare.mjs';
import { StepError } from './lib/steps.mjs';

const FOLDER = join('test', 'contract');
/** A real server is slower than a double, and is asked over a network. */
const FACT_TIMEOUT_MS = 120_000;

const systemsIn = (root) =>
	readdirSync(join(root, FOLDER)).filter((name) => existsSync(join(root, FOLDER, name, 'system.mts')));

/** The systems are written in TypeScript, like the facts. */
async function loadSystem(root, name) {
	const { register } = await import('tsx/esm/api');
	const unregister = register();
	try {
		return (await import(pathToFileURL(join(root, FOLDER, name, 'system.mts')).href)).system;
	} finally {
		await unregister();
	}
}

function usage(name, { options }) {
	const lines = Object.entries({ ...options, 'dry-run': 'say what would be done, and stop' });
	const width = Math.max(...lines.map(([option]) => option.length));
	return [`npm run test:real -- ${name} …`, '', ...lines.map(([option, what]) => `  --${option.padEnd(width)}  ${what}`)].join('\n');
}

function readArguments(args, name, system) {
	const texts = Object.fromEntries(Object.keys(system.options).map((option) => [option, { type: 'string' }]));
	let values;
	try {
		({ values } = parseArgs({ args, options: { ...texts, 'dry-run': { type: 'boolean', default: false } } }));
	} catch (cause) {
		throw new StepError(`${cause.message}\n\n${usage(name, system)}`);
	}
	const missing = system.needs.filter((need) => ![need].flat().some((option) => values[option]));
	if (missing.length > 0) {
		const wanted = missing.map((need) => [need].flat().map((option) => `--${option}`).join(' or '));
		throw new StepError(`Missing: ${wanted.join(', ')}\n\n${usage(name, system)}`);
	}
	return values;
}

/** The facts of a run with their fate, from jest's own report. */
function factsOf(root, results) {
	const report = JSON.parse(readFileSync(join(root, RESULTS_FOLDER, `${results}.json`), 'utf8'));
	return report.testResults.flatMap(({ assertionResults }) => assertionResults);
}

await commandLine(async ({ steps, root, args: [name, ...args] }) => {
	const systems = systemsIn(root);
	if (!systems.includes(name)) {
		throw new StepError(`npm run test:real -- SYSTEM …\n\nSystems: ${systems.join(', ')}. Name one to see its options.`);
	}
	await prepare(steps, { root });
	const system = await loadSystem(root, name);
	const { 'dry-run': dryRun, ...values } = readArguments(args, name, system);
	const { env, plan } = await system.prepare(values).catch((cause) => {
		throw new StepError(cause.message);
	});
	for (const line of ['', ...plan, '']) steps.say(line);
	if (dryRun) return 0;

	Object.assign(process.env, env);
	const results = `real-${name}`;
	const run = ['--runInBand', '--verbose', `--testTimeout=${FACT_TIMEOUT_MS}`, `${FOLDER.replaceAll('\\', '/')}/${name}/`];
	const passed = await runJest(root, { name: results, config: 'test/jest.config.mjs', args: run });
	const facts = factsOf(root, results);
	const having = (status) => facts.filter((fact) => fact.status === status);
	steps.say('');
	for (const { title } of having('failed')) steps.say(`DIFFERS  ${title}`);
	for (const { title } of having('pending')) steps.say(`left out  ${title}`);
	steps.say(`${having('passed').length} facts hold, ${having('failed').length} differ, ${having('pending').length} left out.`);
	return passed && facts.length > 0 ? 0 : 1;
});
