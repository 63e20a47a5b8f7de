import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';

import { PicoApi } from '../../credentials/PicoApi.credentials.ts';
import { Pico } from '../../nodes/Pico/Pico.node.ts';
import { PicoTrigger } from '../../nodes/PicoTrigger/PicoTrigger.node.ts';
import { PicoWebhookTrigger } from '../../nodes/PicoWebhookTrigger/PicoWebhookTrigger.node.ts';
import { toItems } from '../../nodes/shared/delivery/item.ts';
import { toEvent } from '../../nodes/shared/events/event.ts';
import { orderCompleted } from '../../nodes/shared/events/kinds/index.ts';
import { choices, namesOf } from './description.mts';
import { anchors, fences, firstColumn, links, section } from './markdown.mts';

const TRIGGERS = join('docs', 'triggers.md');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', join('templates', 'README.md'), ...readdirSync('docs').filter((file) => file.endsWith('.md')).map((file) => join('docs', file))];

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string>; n8n: { nodes: string[] } };
const readme = readFileSync('README.md', 'utf8');

/** Cells of the first table whose header begins with `header`. */
function table(text: string, header: string): string[][] {
	const count = firstColumn(text, header).length;
	const lines = text.split('\n');
	const start = lines.findIndex((line) => line.startsWith(`| ${header} |`)) + 2;
	return lines.slice(start, start + count).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

const parametersOf = (properties: INodeProperties[]) => namesOf(properties.filter(({ type }) => type !== 'notice'));

describe.each(PAGES)('%s', (page) => {
	const text = readFileSync(page, 'utf8');

	it('names only npm scripts that exist', () => {
		const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
		expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
	});

	it('links to files, pictures and headings that exist', () => {
		const broken = links(text).filter((target) => {
			if (/^https?:/.test(target)) return false;
			const [path, anchor] = target.split('#');
			const file = path === '' ? page : join(dirname(page), path);
			if (!existsSync(file)) return true;
			return anchor !== undefined && !anchors(file).has(anchor);
		});
		expect(broken).toEqual([]);
	});
});

describe('README.md', () => {
	it('shows pictures by relative path, which npm and every host of the repository resolve; only badges come from elsewhere', () => {
		const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, target]) => target);
		expect(pictures.length).toBeGreaterThanOrEqual(6);
		expect(pictures.filter((target) => !target.startsWith('docs/') && !target.startsWith('https://img.shields.io/'))).toEqual([]);
	});

	it('shows an item as the trigger makes it', () => {
		const [shown] = fences(readme, 'json');
		const event = toEvent(orderCompleted, orderCompleted.sample);
		const facts = { attempt: 1, replayed: false, correction: false, sample: true } as const;
		const [{ json }] = toItems({ kind: orderCompleted, output: 'simplified', fields: [], perSerial: false }, event, facts);
		expect(JSON.parse(shown)).toEqual(json);
	});

	it('lists every operation of the action node and no other', () => {
		const { properties } = new Pico().description;
		const resources = choices(properties.find(({ name }) => name === 'resource'));
		const operations = resources.flatMap((resource) =>
			choices(
				properties.find(({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.resource?.includes(resource.value as string)),
			).map((operation) => `${resource.name}: ${operation.name}`),
		);
		const listed = table(section('README.md', 'Operations').text, 'Resource').map(([resource, operation]) => `${resource}: ${operation}`);
		expect(listed.sort()).toEqual(operations.sort());
	});

	it.each([
		['Pico MES Trigger', new PicoTrigger().description],
		['Pico MES Webhook Trigger', new PicoWebhookTrigger().description],
	])('lists every parameter and option of %s as the editor shows them', (title, { displayName, properties }) => {
		expect(displayName).toBe(title);
		const listed = firstColumn(section(TRIGGERS, title).text, 'Parameter');
		expect(listed.sort()).toEqual(parametersOf(properties).sort());
	});

	it('names every choice of the trigger by its label', () => {
		const { text } = section(TRIGGERS, 'Pico MES Trigger');
		const rows = new Map(table(text, 'Parameter').map(([name, meaning]) => [name, meaning]));
		const { properties } = new PicoTrigger().description;
		const collection = properties.find(({ type }) => type === 'collection');
		const dropdowns = [
			...properties.map((property) => ({ property, name: property.displayName })),
			...((collection?.options ?? []) as INodeProperties[]).map((property) => ({ property, name: `Options > ${property.displayName}` })),
		]
			.filter(({ property }) => property.type === 'options')
			// One in two forms has its default by another parameter: the first form stands first here too.
			.filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index);
		expect(dropdowns.length).toBeGreaterThanOrEqual(7);
		for (const { property, name } of dropdowns) {
			const missing = choices(property).filter((choice) => !rows.get(name)?.includes(choice.name));
			expect({ name, missing: missing.map((choice) => choice.name) }).toEqual({ name, missing: [] });
			const first = choices(property).find(({ value }) => value === property.default)?.name ?? '';
			expect({ name, starts: rows.get(name)?.startsWith(first) }).toEqual({ name, starts: true });
		}
	});

	it('lists the fields of the credential', () => {
		const listed = firstColumn(section('README.md', 'Credential').text, 'Field');
		expect(listed).toEqual(new PicoApi().properties.map(({ displayName }) => displayName));
	});

	it('lists every template', () => {
		const listed = links(section('README.md', 'Templates').text).filter((target) => target.startsWith('templates/README.md#'));
		const there = readdirSync('templates').filter((file) => file.endsWith('.json')).map((file) => `templates/README.md#${basename(file, '.json')}`);
		expect(listed.sort()).toEqual(there.sort());
	});

	it('names the n8n that the tests run', () => {
		const host = JSON.parse(readFileSync('demo/n8n-host/package.json', 'utf8')) as { dependencies: Record<string, string> };
		expect(firstColumn(section('README.md', 'Compatibility').text, 'n8n')[0]).toBe(host.dependencies.n8n);
	});
});
