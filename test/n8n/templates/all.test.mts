import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plantTemplate } from '../../../demo/lib/plant-template.mts';
import { until } from '../../../demo/lib/poll.mts';
import { readTemplate, type Credential, type WorkflowNode } from '../../../demo/lib/workflows.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { InstalledN8n } from '../kit/installed.mts';
import { openStreams } from '../kit/plant.mts';
import { picoCredential } from '../kit/workflows.mts';

const NAMES = readdirSync(join(process.cwd(), 'templates'))
	.filter((file) => file.endsWith('.json'))
	.map((file) => file.replace(/\.json$/, ''));
const idOf = (name: string) => `tpl${String(NAMES.indexOf(name)).padStart(13, '0')}`;

/** Address on loopback on which nobody answers. */
const NOWHERE = 'http://127.0.0.1:9';

/** Made up, except for Pico's: enough to save and publish a workflow, not to run it. */
const placeholder = (type: string): Credential => ({ id: `test-${type}`.padEnd(16, '0').slice(0, 16), name: `Made up ${type}`, type, data: { url: NOWHERE, host: '127.0.0.1' } });

interface NodeType {
	name: string;
	version: number | number[];
}

describe('every template in a real n8n', () => {
	let sandbox: SandboxProcess;
	let installed: InstalledN8n;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		const types = NAMES.flatMap((name) =>
			readTemplate(join(process.cwd(), 'templates', `${name}.json`)).nodes.flatMap(({ credentials = {} }) => Object.keys(credentials)),
		);
		const others = [...new Set(types)].filter((type) => type !== 'picoApi').map(placeholder);
		const credentials = [picoCredential(sandbox.endpoint, sandbox.token), ...others];
		// Once an hour is often enough for a schedule that has no ERP behind it.
		const workflows = NAMES.map((name) => plantTemplate(process.cwd(), name, { id: idOf(name), credentials, everySeconds: 3600 }));
		installed = await InstalledN8n.create({ credentials, workflows });
		await installed.n8n.start();
	});

	afterAll(async () => {
		await installed?.remove();
		await sandbox?.close();
	});

	const stored = async (name: string) =>
		await (await installed.session()).rest<{ nodes: WorkflowNode[]; connections: object; activeVersionId: string | null }>('GET', `/workflows/${idOf(name)}`);

	it('knows all their node types in these versions', async () => {
		const session = await installed.session();
		const known = (await (await session.file('/types/nodes.json')).json()) as NodeType[];
		const versions = new Set(known.flatMap(({ name, version }) => [version].flat().map((each) => `${name} ${each}`)));
		for (const name of NAMES) {
			const { nodes } = await stored(name);
			const unknown = nodes.map(({ type, typeVersion }) => `${type} ${typeVersion}`).filter((each) => !versions.has(each));
			expect({ name, unknown }).toEqual({ name, unknown: [] });
		}
	});

	it.each(NAMES)('%s is imported as the file has it', async (name) => {
		const template = readTemplate(join(process.cwd(), 'templates', `${name}.json`));
		const { nodes, connections } = await stored(name);
		expect(nodes.map((node) => node.name).sort()).toEqual(template.nodes.map((node) => node.name).sort());
		expect(connections).toEqual(template.connections);
	});

	it.each(NAMES)('%s can be published, and its Pico triggers listen', async (name) => {
		const session = await installed.session();
		const { nodes } = await stored(name);
		await session.activate(idOf(name));
		expect((await stored(name)).activeVersionId).not.toBeNull();
		const listening = nodes.filter(({ type }) => type === 'n8n-nodes-pico-mes.picoTrigger').length;
		await until(`${listening} triggers to listen`, async () => (await openStreams(sandbox)) === listening, { timeoutMs: 30_000 });
		await session.deactivate(idOf(name));
		await until('no trigger to listen', async () => (await openStreams(sandbox)) === 0, { timeoutMs: 30_000 });
	});
});
