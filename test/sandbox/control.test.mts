import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from '../../packages/sandbox/src/options.mts';
import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import { LIVE, SseReader, ask, eventually, operationId, rows, save } from './client.mts';

interface State {
	profile: string;
	now: string;
	switches: Record<string, unknown>;
	operations: Array<{
		id: string;
		externalId: string | null;
		externalRevision: string;
		archivedAt: string | null;
		consumedSerials: unknown[];
	}>;
	subOperations: Array<{ parentId: string; childId: string; childIndex: number; optional: boolean }>;
	orders: Array<{ externalOrderId: string; state: string; producedSerial: string | null }>;
	notes: Array<{ text: string }>;
	webhooks: unknown[];
	streams: unknown[];
	completions: number;
}
interface CallRow {
	id: number;
	operationName: string | null;
	kind: string;
	document: string;
	status: number;
	tokenOk: boolean;
	userAgent: string;
	path: string;
}

let sandbox: SandboxProcess;
const state = (of = sandbox) => of.control<State>('GET', 'state');
const post = (path: string, body?: object) => sandbox.control('POST', path, body);

beforeAll(async () => {
	sandbox = await startSandboxProcess();
});
afterAll(() => sandbox.close());
afterEach(() => post('reset'));

describe('the seeded plant', () => {
	it('is the same for the same seed, with the same serials, and another for another seed', async () => {
		const build = async (seed: number) => {
			await post('reset', { seed });
			await save(sandbox, await operationId(sandbox, 'PUMP-100'), 'SO-1');
			await post('orders/run');
			const { operations, subOperations, orders } = await state();
			return JSON.stringify([operations, subOperations, orders.map((order) => order.producedSerial)]);
		};
		const [first, again, other] = [await build(1), await build(1), await build(2)];
		expect(again).toBe(first);
		expect(other).not.toBe(first);
	});

	it('holds what clients must cope with', async () => {
		const { operations, subOperations } = await state();
		const part = (number: string | null) => operations.filter((row) => row.externalId === number);
		expect(part('VALVE-200').map((row) => row.externalRevision)).toEqual(['A', 'B']);
		expect(part('PUMP-090')[0].archivedAt).not.toBeNull();
		expect(part(null).length).toBeGreaterThan(0);
		expect(part('PUMP-100')[0].consumedSerials).toHaveLength(3);
		expect(subOperations.some((link) => link.optional)).toBe(true);
		const parallel = subOperations.filter((link) => link.parentId === part('PUMP-100')[0].id && link.childIndex === 0);
		expect(parallel).toHaveLength(2);
	});
});

describe('reset', () => {
	it('brings back fresh data and the settings of the start, and closes streams', async () => {
		const reader = await SseReader.open(sandbox, LIVE);
		await post('switches', { profile: 'legacy', delayMs: 50 });
		await post('completions/bulk', { count: 3 });
		await post('notes/add', { text: 'x' });
		await post('reset');
		await reader.until(() => reader.end !== undefined);
		expect(await state()).toMatchObject({
			profile: 'current',
			completions: 0,
			notes: [],
			streams: [],
			switches: { delayMs: 0 },
		});
	});

	it('takes profile, switches, seed and time', async () => {
		await post('reset', {
			profile: 'mixed',
			switches: { saveExisting: 'error' },
			seed: 7,
			now: '2030-01-01T00:00:00Z',
		});
		const now = await state();
		expect(now).toMatchObject({ profile: 'mixed', seed: 7, switches: { saveExisting: 'error' } });
		expect(now.now).toMatch(/^2030-01-01T00:00/);
	});
});

describe('the clock', () => {
	it('can be frozen, set, advanced and given back', async () => {
		await post('clock', { freeze: true, now: '2026-06-01T10:00:00.000000001Z' });
		expect((await state()).now).toBe('2026-06-01T10:00:00.000000001Z');
		await post('clock', { advanceMs: 1500 });
		expect((await state()).now).toBe('2026-06-01T10:00:01.500000001Z');
		await post('clock', { real: true });
		expect(Math.abs(Date.parse((await state()).now) - Date.now())).toBeLessThan(5000);
	});

	it('makes exact ties while it is frozen', async () => {
		await post('clock', { freeze: true, now: '2026-06-01T10:00:00Z' });
		const id = await operationId(sandbox, 'PROC-050', 'A');
		for (const order of ['A', 'B']) {
			await save(sandbox, id, order);
			await post('orders/complete', { externalOrderId: order });
		}
		const done = await rows<{ at: string }>(sandbox, '{ operationOrderCompletes { at } }');
		expect(done.map((row) => row.at)).toEqual(['2026-06-01T10:00:00.000Z', '2026-06-01T10:00:00.000Z']);
	});
});

describe('calls', () => {
	it('records every GraphQL call with its outcome, and lists those after an id', async () => {
		await ask(sandbox, 'query Names { operations { name } }', undefined, { 'user-agent': 'probe/1' });
		const all = () => sandbox.control<CallRow[]>('GET', 'calls');
		const [first] = await all();
		expect(first).toMatchObject({
			operationName: 'Names',
			kind: 'query',
			status: 200,
			tokenOk: true,
			userAgent: 'probe/1',
			path: '/graph/v2',
		});
		await ask(sandbox, '{ nope }', undefined, { 'x-pico-api-org': 'wrong' });
		const later = await sandbox.control<CallRow[]>('GET', `calls?since=${first.id}`);
		expect(later).toMatchObject([{ status: 401, tokenOk: false, document: '{ nope }' }]);
	});
});

describe('bad input', () => {
	it.each([
		['switches', { nope: 1 }, /no switch "nope"/],
		['switches', { profile: 'future' }, /none of current, mixed, legacy/],
		['switches', { latencyMs: -1 }, /whole number/],
		['switches', { duplicateRate: 2 }, /number/],
		['switches', { partialErrors: 'maybe' }, /neither true nor false/],
		['clock', { now: 'soon' }, /RFC 3339/],
		['reset', { profil: 'legacy' }, /Unrecognized key/],
		['orders/start', {}, /externalOrderId/],
		['orders/complete', { externalOrderId: 'X', at: '12:00' }, /RFC 3339/],
		['completions/bulk', { count: 0 }, /count/],
		['operations/archive', { partNumber: 'VALVE-200' }, /ambiguous/],
		['operations/archive', {}, /operationId or partNumber/],
		['structure/change', { parentPartNumber: 'PUMP-100', childId: 'x', remove: true }, /not a child/],
		['notes/update', { id: 'note-0' }, /no note/],
		['nothing/here', {}, /There is no POST/],
	])('%s %j is refused with a reason', async (path, body, expected) => {
		await expect(post(path, body)).rejects.toThrow(expected);
	});

	it('refuses a body that is not JSON, and calls from a page of another site', async () => {
		const url = `${sandbox.pico}/control/reset`;
		const broken = await fetch(url, { method: 'POST', body: '{' });
		expect([broken.status, await broken.json()]).toEqual([400, { message: 'The body is not valid JSON' }]);
		const foreign = await fetch(url, { method: 'POST', headers: { origin: 'https://evil.example' } });
		expect(foreign.status).toBe(403);
	});
});

describe('sizes', () => {
	it('makes 100,000 completions and 5,000 operations', async () => {
		expect(await post('completions/bulk', { count: 100_000, orderPrefix: 'N' })).toMatchObject({ count: 100_000 });
		await post('operations/bulk', { count: 5_000 });
		expect((await rows(sandbox, '{ operations { id } }')).length).toBe(5_017);
		expect((await state()).completions).toBe(100_000);
	});
});

describe('the live feed and the page', () => {
	it('announces changes', async () => {
		const abort = new AbortController();
		const live = new SseReader(await fetch(`${sandbox.pico}/control/live`, { signal: abort.signal }), abort);
		await live.until(() => live.frames.length === 1);
		await post('notes/add', { text: 'x' });
		await live.until(() => live.frames.length >= 2);
		live.close();
	});

	it('serves a page that loads nothing from elsewhere', async () => {
		const page = await (await fetch(`${sandbox.pico}/`)).text();
		const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
		expect(links.length).toBeGreaterThan(1);
		for (const link of links) {
			expect(link).toMatch(/^\//);
			const file = await fetch(sandbox.pico + link);
			expect([link, file.status]).toEqual([link, 200]);
			expect(await file.text()).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
		}
	});
});

describe('the command', () => {
	const run = (...args: string[]) =>
		new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
			const child = spawn(process.execPath, ['--import', 'tsx', 'packages/sandbox/src/main.mts', ...args]);
			let [out, err] = ['', ''];
			child.stdout.on('data', (chunk) => (out += chunk));
			child.stderr.on('data', (chunk) => (err += chunk));
			child.once('exit', (code) => resolve({ code, out, err }));
		});

	it('stops with code 0 on SIGTERM, even with streams open', async () => {
		const other = await startSandboxProcess({ token: 't', switches: { saveExisting: 'error' } });
		const reader = await SseReader.open(other, LIVE);
		expect((await state(other)).switches.saveExisting).toBe('error');
		await other.close();
		await reader.until(() => reader.end !== undefined);
		expect(other.child.exitCode).toBe(0);
	});

	it.each([
		[['--port', '70000'], /--port: "70000"/],
		[['--seed', 'one'], /--seed: "one"/],
		[['--switch', 'nope=1'], /no switch "nope"/],
		[['--switch', 'nope'], /name=value/],
		[['--profile', 'future'], /none of current/],
		[['--whatever'], /whatever/],
	])('refuses %j with a reason', (args, expected) => {
		expect(() => readOptions(args)).toThrow(expected);
	});

	it('stops at a bad option with code 1 and one line', async () => {
		const { code, err } = await run('--switch', 'nope=1');
		expect([code, err]).toEqual([1, 'There is no switch "nope"\n']);
	});

	it('says when the port is in use', async () => {
		const { code, err } = await run('--port', new URL(sandbox.pico).port);
		expect([code, err]).toEqual([1, expect.stringMatching(/EADDRINUSE[\s\S]*another port/)]);
	});
});

describe('the data file', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pico-sandbox-'));
	});
	const running: SandboxProcess[] = [];
	const start = async (options: { data: string }) => {
		const process = await startSandboxProcess(options);
		running.push(process);
		return process;
	};
	afterEach(async () => {
		for (const process of running.splice(0)) await process.close();
		await rm(folder, { recursive: true });
	});

	it('brings orders, completions, notes, changes and webhooks back after a restart', async () => {
		const data = join(folder, 'plant.json');
		const first = await start({ data });
		const pump = await operationId(first, 'PUMP-100');
		for (const order of ['DONE', 'OPEN']) await save(first, pump, order);
		await first.control('POST', 'orders/complete', { externalOrderId: 'DONE', producedSerial: 'P-1' });
		await first.control('POST', 'orders/complete', { externalOrderId: 'OPEN', partNumber: 'PROC-010' });
		await first.control('POST', 'notes/add', { text: 'Scratch' });
		await first.control('POST', 'operations/deploy', { partNumber: 'FAN-1', name: 'Fan' });
		await ask(
			first,
			'mutation { webhookSubscribe(input: { subscriptionID: "h", responseFragment: "fragment F on Operation { id }", webhookUrl: "http://127.0.0.1:9/" }) { subscriptionId } }',
		);
		const before = await state(first);
		await first.close();

		const second = await start({ data });
		const after = await state(second);
		expect([after.operations, after.subOperations, after.orders, after.notes, after.webhooks]).toEqual([
			before.operations,
			before.subOperations,
			before.orders,
			before.notes,
			before.webhooks,
		]);
		const done = await rows(
			second,
			'{ operationOrderCompletes { externalOrderId endState { producedSerial } operation { externalId } } }',
		);
		expect(done).toEqual([
			{ externalOrderId: 'DONE', endState: { producedSerial: 'P-1' }, operation: { externalId: 'PUMP-100' } },
		]);
		expect((await save(second, pump, 'OPEN')).body.data).toEqual({ operationOrderSave: { message: 'updated' } });
		await second.control('POST', 'orders/run');
		expect((await state(second)).orders.every((order) => order.state === 'completed')).toBe(true);
	}, 60_000);

	it('is written soon after a change, not only at the end', async () => {
		const data = join(folder, 'plant.json');
		const only = await start({ data });
		await only.control('POST', 'notes/add', { text: 'kept' });
		await eventually(async () => ((await readFile(data, 'utf8').catch(() => '')).includes('kept') ? true : undefined));
	});

	it('is refused in clear words, and left alone, when it is something else', async () => {
		const data = join(folder, 'other.json');
		await writeFile(data, '{"hello":1}');
		await expect(start({ data })).rejects.toThrow(/is not a data file of the sandbox/);
		expect(await readFile(data, 'utf8')).toBe('{"hello":1}');
	});
});
