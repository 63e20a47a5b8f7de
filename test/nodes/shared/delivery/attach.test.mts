import type { PicoClient } from '../../../../nodes/shared/api/client.ts';
import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { canAttach, sampleStructure, structuresFor } from '../../../../nodes/shared/delivery/attach.ts';
import { toEvent } from '../../../../nodes/shared/events/event.ts';
import { EVENT_KINDS, operationChanged, structureChanged } from '../../../../nodes/shared/events/kinds/index.ts';
import type { Row } from '../../../../nodes/shared/events/types.ts';

beforeEach(() => {
	jest.useFakeTimers();
	jest.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

interface Request {
	document: string;
	signal: AbortSignal;
}
type Answer = { data: Row; errors: Array<{ message: string }> };

const PLANT: Answer = {
	data: {
		operations: [{ ...operationChanged.sample }, { id: 'sample-process', externalId: 'WELD', name: 'Weld' }],
		subOperations: [{ ...structureChanged.sample }, { parentId: 'sample-operation', childId: 'gone', childIndex: 1 }],
	},
	errors: [],
};

/** A Pico of which each answer is given by the test. */
function pico(answer: (request: Request, count: number) => Answer | Promise<Answer>) {
	const requests: Request[] = [];
	const options: unknown[] = [];
	const client = {
		executeAdapted: async (build: (dialect: Dialect) => Request, how: unknown) => {
			const request = build(new Dialect(undefined));
			requests.push(request);
			options.push(how);
			return await answer(request, requests.length);
		},
	} as unknown as PicoClient;
	return { client, requests, options };
}
const changed = (row: Row = {}) => toEvent(operationChanged, { ...operationChanged.sample, ...row });
const moved = (row: Row = {}) => toEvent(structureChanged, { ...structureChanged.sample, ...row });
const attach = async (client: PicoClient, kind = operationChanged, events = [changed()], signal = new AbortController().signal) =>
	await structuresFor(client, kind, events, signal);

test('only changes of operations and structures have a structure to attach', () => {
	expect(EVENT_KINDS.filter(canAttach).map(({ id }) => id)).toEqual(['operationChanged', 'structureChanged']);
});

test('a made-up event has the same two fields as one without structure', () => {
	expect(sampleStructure()).toEqual({ structure: null, structureMissing: 'this is a sample event' });
});

test('asks Pico once for all events, in the order of which the structures come', async () => {
	const { client, requests, options } = pico(() => PLANT);
	const [none, whole] = await attach(client, operationChanged, [changed({ id: 'sample-process' }), changed()]);
	expect(none).toEqual({ structure: expect.objectContaining({ operationId: 'sample-process', steps: [], warnings: [] }) as unknown });
	expect(whole).toMatchObject({
		structure: {
			operationId: 'sample-operation',
			steps: [{ operations: [{ operationId: 'sample-process' }] }, { operations: [{ operationId: 'gone', stop: 'missing' }] }],
			warnings: ["'PUMP-100' (ID sample-operation) has the step gone, which Pico does not list."],
		},
	});
	expect(requests).toHaveLength(1);
	expect(requests[0].document).toMatch(/^query \{ operations \{ id .* subOperations \{ parentId/);
	expect(options).toEqual([{ repeatable: false }]);
});

test('a step that was moved brings the structure of its parent', async () => {
	const [only] = await attach(pico(() => PLANT).client, structureChanged, [moved()]);
	expect(only).toMatchObject({ structure: { operationId: 'sample-operation' } });
});

test('asks nothing when there is no event', async () => {
	const { client, requests } = pico(() => PLANT);
	expect(await attach(client, operationChanged, [])).toEqual([]);
	expect(requests).toEqual([]);
});

test('says why an event has no structure, event by event', async () => {
	const { client } = pico(() => PLANT);
	expect(await attach(client, operationChanged, [changed({ id: null }), changed({ id: '' }), changed({ id: 'x' })])).toEqual([
		{ structure: null, structureMissing: 'the event names no operation' },
		{ structure: null, structureMissing: 'the event names no operation' },
		{ structure: null, structureMissing: 'Pico does not list the operation x' },
	]);
});

test('tries three times, a second apart, and then says what Pico said last', async () => {
	const { client, requests } = pico((_request, count) => {
		if (count === 2) throw new PicoFailure('network', 'connection refused');
		return { data: {}, errors: [{ message: `error ${count}` }, { message: 'and more' }] };
	});
	const attached = attach(client, operationChanged, [changed(), changed()]);
	await jest.advanceTimersByTimeAsync(999);
	expect(requests).toHaveLength(1);
	await jest.advanceTimersByTimeAsync(1);
	expect(requests).toHaveLength(2);
	await jest.advanceTimersByTimeAsync(1_000);
	expect(requests).toHaveLength(3);
	expect(jest.getTimerCount()).toBe(0);
	expect(await attached).toEqual([1, 2].map(() => ({ structure: null, structureMissing: 'error 3; and more' })));
});

test('what comes with the second answer is good enough', async () => {
	const { client, requests } = pico((_request, count) => {
		if (count === 1) throw new Error('broken');
		return PLANT;
	});
	const attached = attach(client);
	await jest.advanceTimersByTimeAsync(1_000);
	expect(await attached).toMatchObject([{ structure: { operationId: 'sample-operation' } }]);
	expect(requests).toHaveLength(2);
});

test('tells a failure in its own words', async () => {
	const attached = attach(pico(() => Promise.reject(new PicoFailure('auth', 'Pico refused the token'))).client);
	await jest.advanceTimersByTimeAsync(2_000);
	expect(await attached).toEqual([{ structure: null, structureMissing: 'Pico refused the token' }]);
});

test('gives up at once when the trigger is stopped', async () => {
	const stop = new AbortController();
	const { client, requests } = pico(
		({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new PicoFailure('aborted', 'aborted')))),
	);
	const attached = attach(client, operationChanged, [changed()], stop.signal);
	await jest.advanceTimersByTimeAsync(0);
	stop.abort();
	expect(await attached).toEqual([{ structure: null, structureMissing: 'Pico did not answer in time' }]);
	expect(requests).toHaveLength(1);
	expect(await attach(client, operationChanged, [changed()], stop.signal)).toEqual([{ structure: null, structureMissing: 'Pico did not answer in time' }]);
	expect(requests).toHaveLength(1);
});

test('each request has twenty seconds', async () => {
	const { client, requests } = pico(
		({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new PicoFailure('aborted', 'aborted')))),
	);
	const attached = attach(client);
	for (const [ms, count] of [[19_999, 1], [1, 1], [1_000, 2], [19_999, 2], [1_001, 3], [19_999, 3], [1, 3]]) {
		await jest.advanceTimersByTimeAsync(ms);
		expect(requests).toHaveLength(count);
	}
	expect(await attached).toEqual([{ structure: null, structureMissing: 'Pico did not answer in time' }]);
	expect(jest.getTimerCount()).toBe(0);
});
