// `npm run test:n8n`: the packed package in a real n8n. Arguments go to jest. Two suites at a time: each waits for its n8n more
// than it computes.
import { commandLine } from './lib/command-line.mjs';
import { runJest } from './lib/jest.mjs';
import { prepare } from './lib/prepare.mjs';

await commandLine(async ({ steps, root, args }) => {
	await prepare(steps, { root, build: true, host: true });
	const passed = await runJest(root, { name: 'n8n', config: 'test/n8n/jest.config.mjs', args: ['--maxWorkers=2', ...args] });
	return passed ? 0 : 1;
});
