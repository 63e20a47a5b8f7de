import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { PLANT_SETTINGS } from '../../demo/lib/plant-template.mts';
import { readTemplate, type Workflow } from '../../demo/lib/workflows.mts';
import { firstColumn, links, section, sections } from './markdown.mts';

const FILE = join('templates', 'README.md');
const page = readFileSync(FILE, 'utf8');

const templates = readdirSync('templates')
	.filter((file) => file.endsWith('.json'))
	.map((file) => ({ name: basename(file, '.json'), workflow: readTemplate(join('templates', file)) }));

const code = (cells: string[]) => cells.map((cell) => cell.replace(/`/g, ''));

/** Names of the fields that a template asks for. */
function plantSettings({ nodes }: Workflow): string[] {
	const fields = nodes
		.filter(({ name }) => name === PLANT_SETTINGS)
		.flatMap(({ parameters }) => (parameters.assignments as { assignments: Array<{ name: string }> }).assignments);
	return fields.map(({ name }) => name);
}

/** Names of the Data tables that a template makes. */
function tables({ nodes }: Workflow): string[] {
	const names = nodes
		.filter(({ parameters }) => parameters.resource === 'table')
		.map(({ parameters }) => parameters.tableName);
	return [...new Set(names.filter((name): name is string => typeof name === 'string'))];
}

function credentialNames({ nodes }: Workflow): string[] {
	return [...new Set(nodes.flatMap(({ credentials }) => Object.values(credentials ?? {}).map(({ name }) => name)))];
}

const pictureSize = (file: string) => {
	const bytes = readFileSync(file);
	return { width: bytes.readUInt32BE(16), kilobytes: bytes.length / 1024 };
};

describe('templates/README.md', () => {
	it('has a section for each template and a row in the table at the top', () => {
		const names = templates.map(({ name }) => name).sort();
		expect(
			sections(FILE)
				.map(({ path }) => path[0])
				.filter((title) => /^[a-z-]+$/.test(title))
				.sort(),
		).toEqual(names);
		const rows = page.split('\n').filter((line) => /^\| \[[a-z-]+\]\(#/.test(line));
		expect(rows.map((row) => /^\| \[([a-z-]+)\]/.exec(row)?.[1]).sort()).toEqual(names);
	});

	it.each(templates)('names every plant setting of $name and no other', ({ name, workflow }) => {
		expect(code(firstColumn(section(FILE, name).text, 'Plant setting'))).toEqual(plantSettings(workflow));
	});

	it.each(templates)(
		'shows a picture of the canvas of $name, wide enough to read and small enough to load',
		({ name }) => {
			const pictures = links(section(FILE, name).text).filter((target) => target.endsWith('.png'));
			expect([...new Set(pictures)]).toEqual([`../docs/images/templates/${name}.png`]);
			const file = join(dirname(FILE), pictures[0]);
			expect(existsSync(file)).toBe(true);
			const { width, kilobytes } = pictureSize(file);
			expect(width).toBeGreaterThanOrEqual(1000);
			expect(kilobytes).toBeLessThanOrEqual(200);
		},
	);

	it.each(templates)('names the tables that $name fills, its credentials and its file', ({ name, workflow }) => {
		const { text } = section(FILE, name);
		expect(tables(workflow).filter((table) => !text.includes(table))).toEqual([]);
		expect(credentialNames(workflow).filter((credential) => !text.includes(credential))).toEqual([]);
		expect(links(text)).toContain(`${name}.json`);
	});

	it('explains each table and each credential once, for all templates', () => {
		const explained = code(firstColumn(section(FILE, 'Tables to look at').text, 'Table'));
		expect(explained.sort()).toEqual([...new Set(templates.flatMap(({ workflow }) => tables(workflow)))].sort());
		const { text } = section(FILE, 'Set up a template');
		const missing = templates
			.flatMap(({ workflow }) => credentialNames(workflow))
			.filter((name) => !text.includes(`\`${name}\``));
		expect(missing).toEqual([]);
	});
});
