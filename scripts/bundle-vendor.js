'use strict';

/**
 * Replaces each compiled `dist/nodes/shared/vendor/*.js` by a bundle of the library that it re-exports.
 *
 * n8n allows no runtime dependencies in a verified package and forbids some globals in the published code
 * (timers, `process`, `globalThis`). The libraries only need timers and a few feature probes, so the probes are
 * answered at build time and the timers are built on n8n-workflow's `sleep` (see vendor-shim.js).
 */
const { readdirSync } = require('node:fs');
const path = require('node:path');
const { build } = require('esbuild');

const VENDOR = path.join('nodes', 'shared', 'vendor');

/**
 * graphql-request reads documents with the parser of `graphql` to find their name, and prints those that are syntax trees.
 * Ours are texts, sent as they are (`excludeOperationName`): 37 KB would never run.
 */
const withoutParser = {
	name: 'without-parser',
	setup({ onLoad }) {
		const names = ['parse', 'parseValue', 'parseConstValue', 'parseType', 'parseSchemaCoordinate', 'Parser', 'print', 'printForError', 'Kind', 'KindEnum'];
		const contents = `export const ${names.map((name) => `${name} = String`).join(', ')};`;
		onLoad({ filter: /graphql[\\/]language[\\/](kinds|parser|printer)\.mjs$/ }, () => ({ contents }));
	},
};

async function bundleVendor() {
	const entryPoints = readdirSync(VENDOR)
		.filter((file) => file.endsWith('.ts'))
		.map((file) => path.join(VENDOR, file));

	await build({
		entryPoints,
		outdir: path.join('dist', VENDOR),
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node22',
		// The ES module build of `graphql` can be tree-shaken; the CommonJS one would add 600 KB.
		mainFields: ['module', 'main'],
		// n8n provides both at run time; zod in every 2.x.
		external: ['n8n-workflow', 'zod'],
		legalComments: 'none',
		// A third of the size, and half the load time. Our own files stay readable.
		minify: true,
		logLevel: 'warning',
		define: {
			'globalThis.process': 'undefined',
			'process.env.NODE_ENV': '"production"',
			'globalThis.fetch': 'fetch',
			'globalThis.Headers': 'Headers',
			globalThis: '__noGlobals',
			global: '__noGlobals',
			'console.error': '__noLog',
			'console.warn': '__noLog',
		},
		inject: [path.join(__dirname, 'vendor-shim.js')],
		plugins: [withoutParser],
	});
}

module.exports = { bundleVendor };
