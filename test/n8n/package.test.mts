import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOddServer } from '../kit/oddServer.mts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { InstalledN8n } from './kit/installed.mts';
import { placedOrders } from './kit/plant.mts';
import { itemsOf } from './kit/runs.mts';
import { chain, manualTrigger, picoCredential, saveOrder } from './kit/workflows.mts';

interface NodeType {
	name: string;
	displayName: string;
	iconUrl?: string | { light: string; dark: string };
}

const SAVE_WORKFLOW = 'saveThreeUnits00';

describe('the packed package in a real n8n', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		installed = await InstalledN8n.create({
			credentials: [picoCredential(sandbox.endpoint, sandbox.token)],
			workflows: [chain(SAVE_WORKFLOW, 'Save three units', [manualTrigger, saveOrder('CLI-1', 'PUMP-100', 3)])],
		});
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	it('holds nothing but what n8n loads, and needs no other package', () => {
		const manifest = JSON.parse(readFileSync(join(installed.packageFolder, 'package.json'), 'utf8')) as object;
		expect(manifest).not.toHaveProperty('dependencies');
		const top = readdirSync(installed.packageFolder).sort();
		expect(top.filter((name) => !/^(readme|licen[cs]e|changelog|third_party)/i.test(name))).toEqual(['dist', 'index.js', 'package.json']);
	});

	it('saves an order when run by "n8n execute", without a server', async () => {
		const items = itemsOf(await installed.execute(SAVE_WORKFLOW), 'Save');
		expect(items.map(({ orderId, result }) => [orderId, result])).toEqual(Array(3).fill(['CLI-1', 'created']));
		const saved = await placedOrders(sandbox, 'CLI-1');
		expect(saved.map(({ orderIndex, partNumber }) => [orderIndex, partNumber])).toEqual([
			[0, 'PUMP-100'],
			[1, 'PUMP-100'],
			[2, 'PUMP-100'],
		]);
	});

	it('saves nothing twice when the same run is repeated', async () => {
		const items = itemsOf(await installed.execute(SAVE_WORKFLOW), 'Save');
		expect(items.filter(({ result }) => result === 'created')).toEqual([]);
		expect(await placedOrders(sandbox, 'CLI-1')).toHaveLength(3);
	});

	describe('while the server runs', () => {
		beforeAll(async () => await installed.n8n.start());

		it('offers its nodes under their real type names', async () => {
			const session = await installed.session();
			const types = (await (await session.file('/types/nodes.json')).json()) as NodeType[];
			const ours = types.filter(({ name }) => name.startsWith('n8n-nodes-pico-mes.'));
			expect(ours.map(({ name, displayName }) => [name, displayName])).toEqual(
				expect.arrayContaining([
					['n8n-nodes-pico-mes.pico', 'Pico MES'],
					['n8n-nodes-pico-mes.picoTrigger', 'Pico MES Trigger'],
				]),
			);
		});

		it('serves a light and a dark icon for each node', async () => {
			const session = await installed.session();
			const types = (await (await session.file('/types/nodes.json')).json()) as NodeType[];
			const ours = types.filter(({ name }) => name.startsWith('n8n-nodes-pico-mes.'));
			for (const { name, iconUrl } of ours) {
				if (typeof iconUrl !== 'object') throw new Error(`${name} has no themed icon`);
				const [light, dark] = await Promise.all([iconUrl.light, iconUrl.dark].map((path) => readIcon(session, path)));
				expect(light).toContain('<svg');
				expect(dark).toContain('<svg');
				expect(light).not.toBe(dark);
			}
		});

		it.each([
			['accepts the right token', {}, 'OK', /./],
			['refuses a wrong token', { token: 'not-the-token' }, 'Error', /token/i],
			['says which path to try after a wrong one', { path: '/graphiql' }, 'Error', /\/graph\/v2/],
		])('%s in the connection test', async (_promise, { token, path }: { token?: string; path?: string }, status, message) => {
			const endpoint = path ? sandbox.endpoint.replace('/graph/v2', path) : sandbox.endpoint;
			const session = await installed.session();
			const answer = await session.testCredential({
				...picoCredential(endpoint, token ?? sandbox.token),
			});
			expect(answer.status).toBe(status);
			expect(answer.message).toMatch(message);
			expect(answer.message).not.toContain('not-the-token');
		});

		it('shows n8n\'s own word for an expired certificate in the connection test, which the troubleshooting page explains', async () => {
			const expired = await startOddServer((_body, response) => response.end(), { expired: true });
			try {
				const answer = await (await installed.session()).testCredential(picoCredential(expired.endpoint, sandbox.token));
				expect(answer).toMatchObject({ status: 'Error', message: 'CERT_HAS_EXPIRED' });
				expect(readFileSync('docs/troubleshooting.md', 'utf8')).toContain(`| \`${answer.message}\` |`);
			} finally {
				await expired.close();
			}
		});
	});
});

async function readIcon(session: { file(path: string): Promise<Response> }, path: string): Promise<string> {
	const response = await session.file(`/${path.replace(/^\//, '')}`);
	expect(response.status).toBe(200);
	return await response.text();
}
