import { readFile } from 'node:fs/promises';
import { definitions } from '../../packages/sandbox/src/pico/switches.mts';

it('the README names every switch with its values, and every command-line option', async () => {
	const readme = await readFile('packages/sandbox/README.md', 'utf8');
	for (const [name, definition] of Object.entries(definitions)) {
		const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
		expect([name, row]).toEqual([name, expect.stringContaining(definition.about)]);
		for (const value of 'values' in definition ? definition.values : []) expect(row).toContain(`\`${value}\``);
	}
	const options = await readFile('packages/sandbox/src/options.mts', 'utf8');
	for (const [option] of options.matchAll(/--[a-z-]{3,}(?= )/g)) expect(readme).toContain(option);
});
