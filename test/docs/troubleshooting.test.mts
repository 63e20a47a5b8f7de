import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

import { firstColumn, quotes, sections } from './markdown.mts';

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

/** Files below a folder that end in `ending`, as one text. */
const textOf = (folder: string, ending: string) =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith(ending))
		.map((file) => readFileSync(join(folder, file), 'utf8'))
		.join('\n');

/** Messages in the first column of the tables with this header; what is not in code spans is n8n's or the vendor's own. */
const messagesIn = (header: string) =>
	sections(FILE)
		.flatMap(({ text }) => firstColumn(text, header))
		.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message]) => message))
		.filter((message) => message.includes(' '));

/** Where a call has the text that people read; the first words of a refusal are the name of a parameter. */
const TOLD_BY: Record<string, number> = { failedExecution: 0, lost: 0, as: 0, refuse: 1 };

/** What the code says to people when something is wrong: each text in place, with `…` for what differs. */
function told(): string[] {
	const found: string[] = [];
	const errors = new Set(['PicoFailure', 'NodeOperationError', 'NodeApiError', 'Error']);
	const visit = (node: ts.Node): void => {
		if (ts.isNewExpression(node) && errors.has(node.expression.getText())) {
			found.push(...textsOf(node.arguments?.[node.expression.getText() === 'Error' ? 0 : 1]));
		} else if (ts.isCallExpression(node)) {
			const place = TOLD_BY[node.expression.getText().split('.').at(-1) ?? ''];
			if (place !== undefined) found.push(...textsOf(node.arguments[place]).map((text) => (place === 1 ? `'…' ${text}` : text)));
		} else if ((ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) && node.name.getText() === 'message') {
			found.push(...textsOf(node.initializer));
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('all.ts', sources, ts.ScriptTarget.Latest, true));
	return [...new Set(found)];
}

function textsOf(node: ts.Node | undefined): string[] {
	if (!node) return [];
	if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
	if (ts.isStringLiteralLike(node)) return [node.text];
	if (ts.isTemplateExpression(node)) return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
	return [];
}

/** Not for people: told to nobody, or read only by whoever changes the code. */
const FOR_NOBODY = ['Filtered out', '… [Item …]', 'The request was canceled', 'The execution was canceled', 'no longer needed', 'enough was read', "'Operation' is '…', which '…' does not have"];

describe('docs/troubleshooting.md', () => {
	it('quotes every message that the code has for people', () => {
		const rows = [...readFileSync(FILE, 'utf8').matchAll(/`([^`\n]+ [^`\n]+)`/g)].map(([, row]) => row);
		const messages = told().filter((message) => /[a-z]{3}/.test(message) && !FOR_NOBODY.includes(message));
		expect(messages.length).toBeGreaterThan(40);
		expect(messages.filter((message) => !rows.some((row) => quotes(row, message)))).toEqual([]);
	});

	it('quotes at least thirty messages', () => {
		expect(new Set(quoted).size).toBeGreaterThanOrEqual(30);
	});

	it.each([...new Set(quoted)])('quotes words that the code says: %s', (message) => {
		const parts = message.split('…').map((part) => part.trim()).filter((part) => part.length > 3);
		expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
	});

	it.each([
		['The run says', () => textOf('templates', '.json')],
		['The ERP says', () => textOf(join('packages', 'sandbox', 'src'), '.mts')],
		['Odoo says', () => textOf(join('packages', 'sandbox', 'src', 'odoo'), '.mts')],
		['NetSuite says', () => textOf(join('packages', 'sandbox', 'src', 'netsuite'), '.mts')],
	])('under "%s" it quotes words that are said there', (header, said) => {
		const messages = messagesIn(header);
		expect(messages.length).toBeGreaterThanOrEqual(3);
		const text = said();
		const parts = messages.flatMap((message) => message.split('…').map((part) => part.trim()).filter((part) => part.length > 3));
		expect(parts.filter((part) => !text.includes(part))).toEqual([]);
	});
});
