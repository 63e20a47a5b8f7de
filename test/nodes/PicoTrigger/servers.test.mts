import { Dialect } from '../../../nodes/shared/api/dialect/dialect.ts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

let sandbox: SandboxProcess;
let host: TriggerHost;

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(async () => await sandbox.close());
afterEach(async () => await host.deactivate());

const PROFILES = ['current', 'mixed', 'legacy'] as const;
const servers = PROFILES.flatMap((profile) => ['on', 'off'].map((introspection) => [profile, introspection] as const));

const serve = async (profile: string, switches: Record<string, unknown>) => {
	await sandbox.control('POST', 'reset', { profile });
	await sandbox.control('POST', 'switches', switches);
	Dialect.forgetAll();
};

describe.each(servers)('a %s server with introspection %s', (profile, introspection) => {
	beforeEach(async () => {
		await serve(profile, { introspection });
	});

	test('sends completions under the current names', async () => {
		host = new TriggerHost(sandbox);
		await host.activate();
		await sandbox.control('POST', 'completions/bulk', { count: 3, orderPrefix: 'MO' });
		await until('three runs', () => host.runs.length === 3);
		expect(host.items[0]).toMatchObject({
			orderId: expect.stringMatching(/^MO-/) as string,
			completedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
			partNumber: expect.any(String) as string,
			producedSerial: expect.any(String) as string,
		});
		expect(new Set(host.ids).size).toBe(3);
	});

	test('sends structure changes under the current names', async () => {
		host = new TriggerHost(sandbox, { event: 'structureChanged' });
		await host.activate();
		const { operations } = await sandbox.control<{ operations: Array<{ id: string; externalId: string; kind: string }> }>('GET', 'state');
		const product = operations.find(({ externalId }) => externalId === 'PUMP-101')!;
		const process = operations.filter(({ kind }) => kind === 'process')[0];
		await sandbox.control('POST', 'structure/change', { parentId: product.id, childId: process.id, childIndex: 7 });
		await until('a run', () => host.runs.length >= 1);
		expect(host.items[0]).toMatchObject({ parentId: product.id, childId: process.id, childIndex: 7 });
	});
});

test('an old server without notes fails the activation with a clear message', async () => {
	await serve('legacy', { introspection: 'off' });
	host = new TriggerHost(sandbox, { event: 'noteSaved' });
	await expect(host.activate()).rejects.toThrow(/Note Created or Updated|noteEventsStream/);
});

test.each(['current', 'mixed'])('a %s server sends notes, and an update is another event', async (profile) => {
	await serve(profile, {});
	host = new TriggerHost(sandbox, { event: 'noteSaved' });
	await host.activate();
	const { id } = await sandbox.control<{ id: string }>('POST', 'notes/add', { text: 'Scratch on the seal' });
	await until('the note', () => host.runs.length === 1);
	await sandbox.control('POST', 'notes/update', { id, text: 'Seal replaced' });
	await until('the update', () => host.runs.length === 2);
	expect(host.items.map(({ text }) => text)).toEqual(['Scratch on the seal', 'Seal replaced']);
	expect(host.ids[0]).not.toBe(host.ids[1]);
});

test.each(['list', 'object'])('rows sent as %s are the same to the workflow', async (streamShape) => {
	await serve('current', { streamShape, cursorInclusive: streamShape === 'object' });
	host = new TriggerHost(sandbox);
	await host.activate();
	await sandbox.control('POST', 'completions/bulk', { count: 5, orderPrefix: 'MO' });
	await until('five runs', () => host.runs.length === 5);
	expect(new Set(host.ids).size).toBe(5);
});
