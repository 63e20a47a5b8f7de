/**
 * Refuses to publish while addresses and author are placeholders: `node scripts/check-publish.mjs [folder of the package]`.
 * They are set at the first publish, by who publishes. The top-level domain `.invalid` can never belong to anybody.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PLACEHOLDER = 'set-before-publish.invalid';
const root = path.resolve(process.argv[2] ?? '.');
const codexFiles = readdirSync(path.join(root, 'nodes'), { recursive: true })
	.filter((file) => file.endsWith('.node.json'))
	.map((file) => path.join('nodes', file));

const places = ['package.json', 'README.md', ...codexFiles].flatMap((file) =>
	readFileSync(path.join(root, file), 'utf8')
		.split('\n')
		.flatMap((line, index) => (line.includes(PLACEHOLDER) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
);
if (places.length > 0) {
	console.error(`Not published: replace ${PLACEHOLDER} by the address of your repository, and set the author, in\n${places.join('\n')}`);
	process.exitCode = 1;
} else console.log('Repository, homepage and author are set');
