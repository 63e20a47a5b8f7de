'use strict';

/**
 * The output schemas by which the editor shows the fields of an operation before its first run, as JSON files where n8n
 * looks for them. Each node writes them down in short in `__schema__/outputs.js`, by resource and operation:
 * `'string'`, `'string?'` for one that may be null, `[shape]` for a list, an object for an object.
 */
const { existsSync, mkdirSync, readdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

function schemaOf(shape) {
	if (typeof shape === 'string') return { type: shape.endsWith('?') ? [shape.slice(0, -1), 'null'] : shape };
	if (Array.isArray(shape)) return { type: 'array', items: schemaOf(shape[0]) };
	return { type: 'object', properties: Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, schemaOf(inner)])) };
}

/** Schema by `resource/operation`. */
function outputSchemas(file) {
	const outputs = require(path.resolve(file));
	return Object.fromEntries(Object.entries(outputs).map(([operation, shape]) => [operation, { ...schemaOf(shape), version: 1 }]));
}

/** Of every node of the package in the current folder; after the compiler, since outputs may be read from compiled code. */
async function writeOutputSchemas() {
	for (const file of readdirSync('nodes').map((node) => path.join('nodes', node, '__schema__', 'outputs.js')).filter(existsSync)) {
		for (const [operation, schema] of Object.entries(outputSchemas(file))) {
			const target = path.join('dist', path.dirname(file), 'v1.0.0', `${operation}.json`);
			mkdirSync(path.dirname(target), { recursive: true });
			writeFileSync(target, JSON.stringify(schema));
		}
	}
}

module.exports = { outputSchemas, writeOutputSchemas };
