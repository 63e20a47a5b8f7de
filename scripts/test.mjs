// `npm test`: from a fresh clone, everything but the suites that start a real n8n (those: `npm run test:n8n`).
// Arguments go to jest: `npm test -- cursor` runs the files with "cursor" in their path.
import { join } from 'node:path';
import { PACKAGES } from './lib/build.mjs';
import { commandLine } from './lib/command-line.mjs';
import { runJest } from './lib/jest.mjs';
import { prepare } from './lib/prepare.mjs';
import { npmCommand, runCommand } from './lib/run.mjs';
import { seconds, StepError } from './lib/steps.mjs';

/** Steps run in this order; one that `needs` another is skipped when that one failed. */
function plan(root, jestArgs) {
	const node = (...args) => quietly({ command: process.execPath, args, cwd: root });
	const script = (name, folder) => quietly({ ...npmCommand(['run', '--silent', name]), cwd: join(root, folder) });
	const each = async (work) => {
		for (const folder of PACKAGES) await work(folder);
	};
	return [
		{ name: 'Lint', work: () => each((folder) => script('lint', folder)) },
		{
			name: 'Types of sandbox, demo and tests',
			work: () => node(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.tools.json'),
		},
		{ name: 'Build', work: () => each((folder) => script('build', folder)) },
		{
			name: 'Check what would be published',
			needs: 'Build',
			work: () => each((folder) => node(join('scripts', 'check-dist.mjs'), folder)),
		},
		{ name: 'Check the templates', needs: 'Build', work: () => node(join('scripts', 'check-templates.mjs')) },
		{ name: 'Tests', work: () => tests(root, jestArgs) },
	];
}

/** Shows a command's output only when it fails. */
async function quietly(command) {
	const { code, output } = await runCommand(command);
	if (code !== 0) throw new StepError(output);
}

async function tests(root, args) {
	const passed = await runJest(root, { name: 'unit', config: 'test/jest.config.mjs', args: ['--maxWorkers=2', ...args] });
	if (!passed) throw new StepError('');
}

await commandLine(async ({ steps, root, args }) => {
	await prepare(steps, { root });
	const failed = new Set();
	for (const { name, needs, work } of plan(root, args)) {
		if (failed.has(needs)) {
			failed.add(name);
			steps.say(`skipped: ${name}`);
			continue;
		}
		try {
			await steps.run(name, work);
		} catch (cause) {
			if (!(cause instanceof StepError)) throw cause;
			failed.add(name);
			if (cause.message) steps.say(cause.message);
		}
	}
	steps.say('');
	for (const { name, ms, ok } of steps.done) steps.say(`${ok ? 'passed' : 'FAILED'}  ${seconds(ms).padStart(8)}  ${name}`);
	return failed.size > 0 ? 1 : 0;
});
