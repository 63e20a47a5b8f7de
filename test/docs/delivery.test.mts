import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';

import { deduplicationKey } from '../../nodes/shared/delivery/batch.ts';
import { PACE } from '../../nodes/shared/delivery/pace.ts';
import { Place } from '../../nodes/shared/delivery/place/place.ts';
import type { TriggerSettings } from '../../nodes/shared/delivery/settings.ts';
import { EVENT_KINDS } from '../../nodes/shared/events/kinds/index.ts';
import { startSandboxProcess, type SandboxProcess } from '../kit/sandbox.mts';
import { TriggerHost } from '../kit/triggerHost.mts';
import { until } from '../kit/until.mts';
import { firstColumn, section } from './markdown.mts';

jest.mock('../../nodes/shared/delivery/pace.ts', () => {
	const actual = jest.requireActual<{ PACE: Record<string, number> }>('../../nodes/shared/delivery/pace.ts').PACE;
	return { PACE: { ...actual, real: actual, retryFirst: 20, retryLongest: 50, slow: 100, reconnectFirst: 20, quiet: 300, settle: 20 } };
});

const FILE = 'docs/delivery.md';
const page = readFileSync(FILE, 'utf8');

describe('docs/delivery.md', () => {
	it('states the waiting times of the code', () => {
		const pace = (PACE as unknown as { real: typeof PACE }).real;
		expect(pace).toMatchObject({
			runGrace: 30_000,
			retryFirst: 5_000,
			retryLongest: 60_000,
			reconnectFirst: 1_000,
			reconnectLongest: 60_000,
			healthy: 60_000,
			slow: 60_000,
			openWithin: 30_000,
			shortestSilence: 30_000,
			quiet: 5_000,
			refreshLeast: 10_000,
			gather: 20,
			firstEnd: 120_000,
			queuedEnd: 60_000,
			queuedVerdict: 180_000,
		});
	});

	it('names each event with its stream and cursor', () => {
		const { text } = section(FILE, 'Terms');
		for (const { displayName, streamField, cursorField } of EVENT_KINDS) {
			expect(text).toContain(`| ${displayName} | \`${streamField}\` | \`${cursorField}\` |`);
		}
	});

	it('lists what is stored, and its greatest size', () => {
		const place = Place.startingAt('2026-01-01T00:00:00.000Z', { source: 'x'.repeat(16), resetKey: '', lookbackMs: 300_000 });
		const size = () => JSON.stringify(place.toState()).length;
		const event = (index: number) => ({
			id: `event-${index}`.padEnd(24, '0'),
			subject: `${index}`.padStart(10, 's').padEnd(24, '0'),
			cursor: new Date(Date.UTC(2026, 0, 1) + index * 50).toISOString(),
			row: {},
		});
		for (let index = 1; index <= 6_000; index++) place.acknowledge([event(index)]);
		place.noteInFlight({ ids: [event(1).id], key: 'k'.repeat(90), attempt: 1 });
		expect(Object.keys(place.toState()).sort()).toEqual(
			firstColumn(section(FILE, 'What is stored').text, 'Field').map((name) => name.replace(/`/g, '')).sort(),
		);
		const [, kilobytes] = /and the whole state always less than (\d+) KB/.exec(page) ?? [];
		expect(size() / 1024).toBeGreaterThan(Number(kilobytes) * 0.9);
		expect(size() / 1024).toBeLessThan(Number(kilobytes));
	});

	it('writes the deduplication key as the code does', () => {
		const settings = { owner: { workflowId: 'W', nodeId: 'N' }, resetKey: '' } as TriggerSettings;
		expect(deduplicationKey(settings, ['E'], { attempt: 2, outages: 0 })).toBe('pico:W:N:E:2');
		expect(deduplicationKey({ ...settings, resetKey: 'again' }, ['E'], { attempt: 2, outages: 0 })).toMatch(/^pico:W:N:E:2:[\w-]{8}$/);
		expect(deduplicationKey(settings, ['E', 'F'], { attempt: 1, outages: 0 })).toMatch(/^pico:W:N:[\w-]{24}:1$/);
		expect(deduplicationKey({ ...settings, owner: { workflowId: 'W'.repeat(255), nodeId: 'N' } }, ['E'], { attempt: 1, outages: 0 })).toMatch(/^pico:[\w-]{24}$/);
	});
});

describe('what docs/delivery.md says of restarts', () => {
	let sandbox: SandboxProcess;
	let host: TriggerHost;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
	});
	afterAll(async () => await sandbox.close());
	beforeEach(async () => {
		await sandbox.control('POST', 'reset', {});
	});
	afterEach(async () => await host.deactivate());

	const complete = async (count: number) => await sandbox.control('POST', 'completions/bulk', { count });
	const start = async (parameters: IDataObject = {}) => {
		host = new TriggerHost(sandbox, parameters);
		await host.activate();
	};
	const restart = async () => {
		await host.deactivate();
		await host.activate('init');
	};
	/** An event after the restart shows that everything before it is dealt with. */
	const oneMore = async () => {
		const known = new Set(host.ids);
		await sandbox.control('POST', 'completions/bulk', { count: 1, orderPrefix: 'LATER' });
		await until('the later event', () => host.ids.some((id) => !known.has(id)));
	};

	it('a clean restart starts nothing twice', async () => {
		await start();
		await complete(3);
		await until('three runs', () => host.runs.length === 3);
		await restart();
		await oneMore();
		expect(host.runs).toHaveLength(4);
	});

	it('without the record of the run, the last batch before the stop runs once more, and no other', async () => {
		await start();
		host.keepsRuns = false;
		await complete(3);
		await until('three runs', () => host.runs.length === 3);
		await restart();
		await oneMore();
		expect(host.ids.filter((id) => id === host.ids[2])).toHaveLength(2);
		expect(host.runs).toHaveLength(5);
	});

	it('with Run Last Event Again the last batch before a clean stop runs once more too', async () => {
		await start({ options: { afterRestart: 'again' } });
		await complete(3);
		await until('three runs', () => host.runs.length === 3);
		await restart();
		await oneMore();
		expect(host.items.map(({ delivery }) => (delivery as { attempt: number }).attempt)).toEqual([1, 1, 1, 2, 1]);
	});

	it.each([
		['Skip Last Event', 'skip', 0],
		['Run Last Event Again', 'again', 1],
		['the default', undefined, 1],
	])('a restart between two attempts, with %s', async (_label, afterRestart, least) => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 100, ...(afterRestart && { afterRestart }) } });
		host.workflow = () => 'error';
		await complete(1);
		await until('a failed run', () => host.runs.length > 0);
		await host.deactivate();
		const before = host.runs.length;
		host.workflow = () => 'success';
		await host.activate('init');
		await oneMore();
		expect(host.runs.length - before - 1).toBe(least);
	});
});
