import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { firstColumn, sections } from './markdown.mts';

const FILE = 'docs/troubleshooting.md';

const sources = ['nodes', 'credentials']
	.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
	.filter((file) => file.endsWith('.ts'))
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');

/** Words of n8n itself, not of this package. */
const OF_N8N = ['Unrecognized node type: n8n-nodes-pico-mes.…'];

const quoted = sections(FILE)
	.flatMap(({ text }) => [...firstColumn(text, 'Message'), ...firstColumn(text, 'Symptom'), ...text.split('\n').filter((line) => /^(- `|\d\. `)/.test(line))])
	.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message]) => message))
	// Names of fields and variables are no messages.
	.filter((message) => message.includes(' ') && !/^\w+: (true|false)$/.test(message) && !OF_N8N.includes(message));

describe('docs/troubleshooting.md', () => {
	it('quotes at least thirty messages', () => {
		expect(new Set(quoted).size).toBeGreaterThanOrEqual(30);
	});

	it.each([...new Set(quoted)])('quotes words that the code says: %s', (message) => {
		const parts = message.split('…').map((part) => part.trim()).filter((part) => part.length > 3);
		expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
	});
});
