// Installs what is missing: `node scripts/install.mjs` the development tools, `... host` the real n8n as well; `... build` builds.
import { resolve } from 'node:path';
import { commandLine } from './lib/command-line.mjs';
import { prepare } from './lib/prepare.mjs';

await commandLine(async ({ steps, root, args }) => {
	await prepare(steps, { root: resolve(root), build: args.includes('build'), host: args.includes('host') });
	return 0;
});
