import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';

import { deliver, type Delivery } from '../../../nodes/shared/delivery/deliver.ts';
import { MOST_AT_ONCE, Overlap } from '../../../nodes/shared/delivery/overlap.ts';
import { PACE } from '../../../nodes/shared/delivery/pace.ts';
import { RunPatience } from '../../../nodes/shared/delivery/patience.ts';
import { runAndWait } from '../../../nodes/shared/delivery/runs.ts';

interface Done {
	promise: Promise<IRun>;
	resolve(run: IRun): void;
	reject(error: Error): void;
}

interface Emitted {
	data: INodeExecutionData[][];
	done: Done | undefined;
	key: string;
}

function createDeferredPromise(): Done {
	const done = {} as Done;
	done.promise = new Promise((resolve, reject) => Object.assign(done, { resolve, reject }));
	return done;
}

/** An n8n of which only `emit` matters; `answer` says what comes of each. */
function n8n(answer: (emitted: Emitted, count: number) => void) {
	const emits: Emitted[] = [];
	const context = {
		helpers: { createDeferredPromise },
		emit: (data: INodeExecutionData[][], _response: unknown, done: Emitted['done'], key: string) => {
			const emitted = { data, done, key };
			emits.push(emitted);
			answer(emitted, emits.length);
		},
	} as unknown as ITriggerFunctions;
	return { context, emits };
}

const success = { status: 'success' } as IRun;
const PATIENCE = new RunPatience(60_000);
const ITEM: INodeExecutionData[][] = [[{ json: {} }]];

describe('as soon as it starts', () => {
	let stop: AbortController;
	beforeEach(() => (stop = new AbortController()));
	afterEach(() => stop.abort());

	it('starts no more runs at the same time than n8n stands, and the next one when one ends', async () => {
		const { context, emits } = n8n(() => undefined);
		const overlap = new Overlap(stop.signal, PATIENCE);
		for (let run = 0; run < MOST_AT_ONCE; run++) {
			await overlap.room();
			overlap.start(context, ITEM, `key ${run}`, () => undefined);
		}
		let hasRoom = false;
		const room = overlap.room().then(() => (hasRoom = true));
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(hasRoom).toBe(false);
		emits[0].done?.resolve(success);
		await room;
		expect(emits).toHaveLength(MOST_AT_ONCE);
	});

	it('stops waiting for room when the trigger is stopped', async () => {
		const { context } = n8n(() => undefined);
		const overlap = new Overlap(stop.signal, PATIENCE);
		for (let run = 0; run < MOST_AT_ONCE; run++) overlap.start(context, ITEM, `key ${run}`, () => undefined);
		const room = overlap.room();
		stop.abort();
		await room;
	});

	it('gives n8n a moment to take up what was started right before a stop', async () => {
		Object.assign(PACE, { takenUp: 60 });
		const { context, emits } = n8n(() => undefined);
		const overlap = new Overlap(stop.signal, PATIENCE);
		overlap.start(context, ITEM, 'a', () => undefined);
		const before = Date.now();
		stop.abort();
		await overlap.takenUp();
		expect(Date.now() - before).toBeGreaterThanOrEqual(55);
		emits[0].done?.resolve(success);
		await Promise.resolve();
		overlap.start(context, ITEM, 'b', () => undefined);
		emits[1].done?.resolve(success);
		await new Promise((resolve) => setTimeout(resolve, 1));
		const ended = Date.now();
		await overlap.takenUp();
		expect(Date.now() - ended).toBeLessThan(30);
	});

	it('starts the run without waiting on an engine that lets nobody wait', async () => {
		const { context, emits } = n8n(({ done }) => done?.reject(new Error('Triggers can only start runs without waiting for them')));
		const overlap = new Overlap(stop.signal, PATIENCE);
		overlap.start(context, ITEM, 'a', () => undefined);
		await new Promise((resolve) => setTimeout(resolve, 5));
		overlap.start(context, ITEM, 'b', () => undefined);
		expect(emits.map(({ key, done }) => [key, done !== undefined])).toEqual([
			['a', true],
			['a', false],
			['b', false],
		]);
	});

	it('tells of a run that n8n did not carry out', async () => {
		const { context } = n8n(({ done }) => done?.reject(new Error('database is locked')));
		const reasons: string[] = [];
		new Overlap(stop.signal, PATIENCE).start(context, ITEM, 'a', (reason) => reasons.push(reason));
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect(reasons).toEqual(['database is locked']);
	});
});

describe('a stop right after a run was handed over', () => {
	it('waits until n8n has taken the run up, and no longer than the run lasts', async () => {
		Object.assign(PACE, { takenUp: 80 });
		for (const [ends, least, most] of [
			[false, 75, 1_000],
			[true, 0, 70],
		] as const) {
			const { context } = n8n(({ done }) => ends && setTimeout(() => done?.resolve(success), 10));
			const stop = new AbortController();
			const before = Date.now();
			const waiting = runAndWait(context, ITEM, 'a', PATIENCE, stop.signal, () => undefined);
			stop.abort();
			expect(await waiting).toEqual({ kind: 'closed' });
			expect(Date.now() - before).toBeGreaterThanOrEqual(least);
			expect(Date.now() - before).toBeLessThan(most);
		}
	});
});

describe('when n8n refuses a run that it has noted already', () => {
	const event = { id: 'E1', cursor: '2026-01-01T00:00:00Z', row: { externalOrderId: 'MO-1' }, subject: 'S1' };

	async function delivered(afterRestart: 'skip' | 'again') {
		// Refused, then known under the same key; a third time it works.
		const { context, emits } = n8n(({ done }, count) => {
			if (count === 1) done?.reject(new Error('database is locked'));
			else done?.resolve((count === 2 ? undefined : success) as IRun);
		});
		const failed: Array<{ message: string; payload: unknown }> = [];
		const report = {
			info: () => undefined,
			warn: () => undefined,
			failedExecution: (message: string, _description: string, payload?: unknown) => failed.push({ message, payload }),
		};
		const stop = new AbortController();
		const verdict = await deliver(
			{
				context,
				settings: { kind: { id: 'noteSaved' }, output: 'raw', deliverNext: 'afterFinish', attempts: 3, afterRestart, resetToken: '', owner: { workflowId: 'w', nodeId: 'n' } },
				position: { handOver: () => undefined, acknowledge: () => undefined },
				report,
				store: () => undefined,
				closing: stop.signal,
				patience: PATIENCE,
				overlap: new Overlap(stop.signal, PATIENCE),
			} as unknown as Delivery,
			{ events: [event], attempt: 1, replayed: () => false } as unknown as Parameters<typeof deliver>[1],
		);
		return { verdict, failed, keys: emits.map(({ key }) => key) };
	}

	beforeAll(() => Object.assign(PACE, { slow: 5 }));

	it('does not start it again, and leaves a failed execution that holds the event', async () => {
		const { verdict, failed, keys } = await delivered('never');
		expect(verdict).toBe('acknowledged');
		expect(keys).toEqual(['pico:w:n:E1:1', 'pico:w:n:E1:1']);
		expect(failed.at(-1)).toMatchObject({ message: expect.stringContaining('It is not certain') as string, payload: [event.row] });
	});

	it('starts it as another attempt when told to run again', async () => {
		const { keys } = await delivered('again');
		expect(keys).toEqual(['pico:w:n:E1:1', 'pico:w:n:E1:1', 'pico:w:n:E1:2']);
	});
});
