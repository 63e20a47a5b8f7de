import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import type { Given } from '../lib/n8n.mts';

export interface LoadInput extends Given {
	/** Files to load, absolute. */
	files: string[];
	/** Load n8n-core first as well, as every n8n has: it brings libraries that we share. */
	withCore: boolean;
}

/** Milliseconds to load node and credential files into an n8n that runs already. */
export async function measure(input: LoadInput): Promise<{ ms: number }> {
	const require = createRequire(join(input.host, 'package.json'));
	require('n8n-workflow');
	if (input.withCore) require('n8n-core');
	const started = performance.now();
	for (const file of input.files) require(file);
	return { ms: performance.now() - started };
}
