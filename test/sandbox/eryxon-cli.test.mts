import { readFile } from 'node:fs/promises';
import { definitions, dialects } from '../../packages/sandbox/src/eryxon/switches.mts';
import { startSandboxProcess } from '../kit/sandbox.mts';

it('the README names every switch of the Eryxon double with its values, defaults and meaning', async () => {
	const readme = await readFile('packages/sandbox/README.md', 'utf8');
	const rows = readme.slice(readme.indexOf('## Eryxon MES')).split('\n');
	for (const [name, definition] of Object.entries(definitions)) {
		const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
		expect([name, row]).toEqual([name, expect.stringContaining(definition.about)]);
		for (const value of 'values' in definition ? definition.values : []) expect(row).toContain(`\`${value}\``);
		for (const dialect of dialects) expect(row).toContain(`\`${String(definition.initial[dialect])}\``);
	}
});

it('starts with the sandbox and answers the key it printed', async () => {
	const sandbox = await startSandboxProcess({ eryxon: true });
	try {
		const response = await fetch(`${sandbox.eryxon}/functions/v1/api-cells?limit=1`, {
			headers: { authorization: `Bearer ${sandbox.eryxonApiKey}` },
		});
		expect([response.status, ((await response.json()) as { success: boolean }).success]).toEqual([200, true]);
		const state = await sandbox.control<{ dialect: string }>('POST', `${sandbox.eryxon}/control/reset`, {
			dialect: 'g2',
		});
		expect(state.dialect).toBe('g2');
	} finally {
		await sandbox.close();
	}
});
