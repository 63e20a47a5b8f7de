import type { IDataObject } from 'n8n-workflow';

import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';
import { deliveryOf } from '../../kit/fakeN8n.mts';

jest.mock('../../../nodes/shared/delivery/pace.ts', () => {
	const { PACE } = jest.requireActual<{ PACE: Record<string, number> }>('../../../nodes/shared/delivery/pace.ts');
	return { PACE: { ...PACE, takenUp: 20, retryFirst: 20, retryLongest: 50, slow: 100, reconnectFirst: 20, quiet: 300, settle: 20 } };
});

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

const complete = async (count: number, orderPrefix = 'MO') => await sandbox.control('POST', 'completions/bulk', { count, orderPrefix });
const start = async (parameters: IDataObject = {}) => {
	host = new TriggerHost(sandbox, parameters);
	await host.activate();
};
const failFor = (prefix: string) => (items: IDataObject[]) => (String(items[0].orderId).startsWith(prefix) ? 'error' : 'success');

/** Saves an order for a simple process, straight over the API. */
async function orderFor(pico: SandboxProcess, externalOrderId: string) {
	const { operations } = await pico.control<{ operations: Array<{ id: string; kind: string }> }>('GET', 'state');
	const operationId = operations.find(({ kind }) => kind === 'process')!.id;
	const query = `mutation { operationOrderSave(input: { operationId: "${operationId}", externalOrderId: "${externalOrderId}" }) { message } }`;
	const headers = { 'content-type': 'application/json', 'x-pico-api-org': pico.token };
	await fetch(pico.endpoint, { method: 'POST', headers, body: JSON.stringify({ query }) });
	return { externalOrderId, operationId };
}

describe('the next event', () => {
	test('after the run finishes: a failed run is n8n\'s to show, the next event goes on', async () => {
		await start();
		host.workflow = () => 'error';
		await complete(3);
		await until('three runs', () => host.runs.length === 3);
		expect(new Set(host.ids).size).toBe(3);
	});

	test('after the run succeeds: an event is offered again until it does, in order, and counts its attempts', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 5 } });
		host.workflow = (items) => (Number(deliveryOf(items[0]).attempt) < 3 ? 'error' : 'success');
		await complete(2);
		await until('six runs', () => host.runs.filter(({ status }) => status === 'success').length === 2);
		expect(host.items.map((item) => deliveryOf(item).attempt)).toEqual([1, 2, 3, 1, 2, 3]);
		expect(new Set(host.runs.map(({ key }) => key)).size).toBe(6);
	});

	test('continues after the last attempt: the failed execution holds the event', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 2, afterLastAttempt: 'recordFailure' } });
		host.workflow = failFor('BAD');
		await complete(1, 'BAD');
		await complete(1, 'GOOD');
		await until('the good one', () => host.items.some(({ orderId }) => String(orderId).startsWith('GOOD')));
		expect(host.failedExecutions).toHaveLength(1);
		expect((host.failedExecutions[0] as { description?: string }).description).toMatch(/BAD/);
	});

	test('keeps retrying: nothing overtakes an event that keeps failing, and the next one follows once it succeeds', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 1, afterLastAttempt: 'keepRetrying' } });
		let mended = false;
		host.workflow = (items) => (mended ? 'success' : failFor('BAD')(items));
		await complete(1, 'BAD');
		await complete(1, 'GOOD');
		await until('several attempts', () => host.runs.length >= 4);
		expect(host.items.every(({ orderId }) => String(orderId).startsWith('BAD'))).toBe(true);
		mended = true;
		await until('the good one', () => host.items.some(({ orderId }) => String(orderId).startsWith('GOOD')));
	});

	test('sends to the Failed output with the reason', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 2, afterLastAttempt: 'failedOutput' } });
		host.workflow = (items, run) => (run.output === 1 ? 'success' : failFor('BAD')(items));
		await complete(1, 'BAD');
		await complete(1, 'GOOD');
		await until('the good one', () => host.items.some(({ orderId }) => String(orderId).startsWith('GOOD')));
		const parked = host.runs.filter(({ output }) => output === 1);
		expect(parked).toHaveLength(1);
		expect(parked[0].items[0]).toMatchObject({ delivery: { reason: 'The ERP said no', attempt: 2 } });
		expect(host.failedExecutions).toHaveLength(0);
	});

	test('the reason has the words of the server too, which n8n keeps beside its own', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 1, afterLastAttempt: 'failedOutput' } });
		host.runError = { message: 'Your request is invalid', description: 'The period is closed' };
		host.workflow = (items, run) => (run.output === 1 ? 'success' : failFor('BAD')(items));
		await complete(1, 'BAD');
		await until('the failed one', () => host.runs.some(({ output }) => output === 1));
		expect(host.runs.at(-1)?.items[0]).toMatchObject({ delivery: { reason: 'Your request is invalid: The period is closed' } });
	});

	test('immediately: does not wait for a run', async () => {
		await start({ deliverNext: 'immediately' });
		host.workflow = () => 'never';
		await complete(5);
		await until('five runs', () => host.runs.length === 5);
	});

	test('a run that waits at a Wait node does not hold the stream', async () => {
		await start();
		host.workflow = () => 'waiting';
		await complete(2);
		await until('two runs', () => host.runs.length === 2);
	});
});

describe('after an unclean stop', () => {
	test('runs the event again when asked to, as another attempt', async () => {
		await start({ options: { afterRestart: 'again' } });
		host.workflow = () => 'never';
		await complete(1);
		await until('the run', () => host.runs.length === 1);
		await host.kill();
		host.workflow = () => 'success';
		await host.activate('init');
		await until('the second run', () => host.runs.length === 2);
		expect(host.ids[0]).toBe(host.ids[1]);
		expect(deliveryOf(host.items[1]).attempt).toBe(2);
	});

	test('puts a batch of several events together again, so that n8n knows it', async () => {
		await start({ options: { eventsPerRun: 10 } });
		host.workflow = () => 'never';
		await complete(10);
		await until('the run', () => host.runs.length >= 1);
		const first = host.runs[0];
		await host.kill();
		await complete(5, 'LATER');
		host.workflow = () => 'success';
		await host.activate('init');
		await until('all events', () => new Set(host.ids).size === 15);
		expect(host.ids).toHaveLength(15);
		expect(host.runs.filter(({ key }) => key === first.key)).toHaveLength(1);
	});

	test('goes on when the batch that was under way is no longer served', async () => {
		await start();
		host.workflow = () => 'never';
		await complete(1);
		await until('the run', () => host.runs.length === 1);
		await host.kill();
		await sandbox.control('POST', 'reset', {});
		host.workflow = () => 'success';
		await host.activate('init');
		await complete(1, 'NEW');
		await until('the new one', () => host.items.some(({ orderId }) => String(orderId).startsWith('NEW')));
	});
});

describe('the stored position', () => {
	const deliverOne = async () => {
		await start();
		await complete(2);
		await until('two runs', () => host.runs.filter(({ status }) => status === 'success').length === 2);
		await host.deactivate();
	};

	test('survives renaming the node', async () => {
		await deliverOne();
		await complete(1, 'MEANWHILE');
		host.nodeName = 'Renamed';
		await host.activate('update');
		await until('the one in between', () => host.runs.length === 3);
	});

	test('stays small', async () => {
		await start({ options: { eventsPerRun: 100 }, startFrom: 'earliest' });
		await sandbox.control('POST', 'completions/bulk', { count: 20_000, stepNs: 1_000_000 });
		await until('all events', () => host.items.length >= 20_000, 30_000);
		expect(JSON.stringify(host.staticData).length).toBeLessThan(32 * 1024);
	}, 40_000);

	test('of another event is not used', async () => {
		await deliverOne();
		host.parameters.event = 'noteSaved';
		await complete(1, 'MEANWHILE');
		await host.activate('update');
		await sandbox.control('POST', 'notes/add', { text: 'Scratch' });
		await until('the note', () => host.items.some(({ text }) => text === 'Scratch'));
		expect(host.runs).toHaveLength(3);
		expect(host.logs.join('\n')).toMatch(/the host of the endpoint or the event was changed/);
	});

	test('is forgotten for a new reset key: the same events run again', async () => {
		await deliverOne();
		host.parameters.options = { positionResetKey: 'again' };
		host.parameters.startFrom = 'earliest';
		await host.activate('update');
		await until('the same events again', () => host.ids.filter((id) => id === host.ids[0]).length === 2);
	});

	test.each([
		['corrupt', { v: 1, source: undefined, cursor: 'yesterday' }],
		['of nothing', {}],
		['a text', 'lost'],
		['without cursor', { v: 7, resetKey: '' }],
	])('that is %s fails the activation instead of starting at now', async (_name, broken) => {
		await deliverOne();
		host.staticData = { global: { 'picoTrigger:node-1': broken } } as IDataObject;
		await expect(host.activate('init')).rejects.toMatchObject({ description: expect.stringContaining("'Position Reset Key'") as string });
	});

	test('of a newer version of this package is used as far as its cursor', async () => {
		await deliverOne();
		const [key, state] = Object.entries(host.staticData.global as IDataObject)[0] as [string, IDataObject];
		host.staticData = { global: { [key]: { v: 99, source: state.source, resetKey: '', cursor: state.cursor, shape: 'unknown' } } };
		await complete(1, 'MEANWHILE');
		await host.activate('init');
		await until('the one in between', () => host.items.some(({ orderId }) => String(orderId).startsWith('MEANWHILE')));
		expect(new Set(host.ids).size).toBe(host.ids.length);
	});

	test('put back to an older copy by another node causes no repeated start', async () => {
		await start();
		await complete(1, 'FIRST');
		await until('the first run', () => host.runs.length === 1);
		const old = JSON.parse(JSON.stringify(host.staticData)) as IDataObject;
		await complete(3);
		await until('four runs', () => host.runs.length === 4);
		await host.kill();
		host.staticData = old;
		await host.activate('init');
		await complete(1, 'LAST');
		await until('the last run', () => host.items.some(({ orderId }) => String(orderId).startsWith('LAST')));
		expect(host.runs).toHaveLength(5);
	});
});

describe('what comes in', () => {
	test('a corrected completion is told as one', async () => {
		await start();
		await complete(1);
		await until('a completion', () => host.items.length === 1);
		const [known] = host.items;
		const { externalOrderId, operationId } = await orderFor(sandbox, 'MO-77');
		const unit = { externalOrderId, operationId, orderIndex: 0 };
		await sandbox.control('POST', 'orders/start', unit);
		await sandbox.control('POST', 'orders/complete', { ...unit, producedSerial: 'FIRST' });
		const first = await until('the completion', () => host.items.find(({ producedSerial }) => producedSerial === 'FIRST'));
		await sandbox.control('POST', 'orders/complete', { ...unit, producedSerial: 'CORRECTED' });
		const corrected = await until('the correction', () => host.items.find(({ producedSerial }) => producedSerial === 'CORRECTED'));
		expect([deliveryOf(known).correction, deliveryOf(first).correction]).toEqual([false, false]);
		expect(corrected.eventId).not.toBe(first.eventId);
		expect(deliveryOf(corrected).correction).toBe(true);
	});

	test('what Pico sends twice starts one run', async () => {
		await sandbox.control('POST', 'switches', { duplicateRate: 1 });
		await start();
		await complete(20);
		await until('twenty runs', () => new Set(host.ids).size === 20);
		expect(host.ids).toHaveLength(20);
	});

	test('a Pico that is down at the start of n8n is waited for', async () => {
		await start();
		await complete(1);
		await until('a run', () => host.runs.length === 1);
		await host.deactivate();
		await sandbox.control('POST', 'switches', { burst503: 3 });
		await host.activate('init');
		await complete(1, 'LATER');
		await until('the later one', () => host.items.some(({ orderId }) => String(orderId).startsWith('LATER')));
	});

	test('a token that is refused at the start of n8n shows as a failed execution, and the trigger goes on once it is mended', async () => {
		await start();
		await complete(1);
		await until('a run', () => host.runs.length === 1);
		await host.deactivate();
		const { token } = host.access;
		host.access.token = 'not-this-one-any-more';
		await host.activate('init');
		await until('a failed execution', () => host.failedExecutions.length === 1);
		expect(host.failedExecutions[0].message).toMatch(/token/i);
		await complete(1, 'LATER');
		host.access.token = token;
		await until('the later one', () => host.items.some(({ orderId }) => String(orderId).startsWith('LATER')));
	});
});

describe('Start From a date', () => {
	test.each([
		['tomorrow by mistake', new Date(Date.now() + 86_400_000).toISOString(), /is in the future/],
		['no date', 'soon', /is not a date/],
	])('%s is refused', async (_name, startDate, message) => {
		host = new TriggerHost(sandbox, { startFrom: 'date', startDate });
		await expect(host.activate()).rejects.toThrow(message);
	});

	test('replays what happened since', async () => {
		await sandbox.control('POST', 'completions/bulk', { count: 10, orderPrefix: 'OLD', startAt: '2026-01-05T00:00:00Z', stepNs: 3_600_000_000_000 });
		await start({ startFrom: 'date', startDate: '2026-01-05T05:00:00Z' });
		await until('five runs', () => host.runs.length === 5);
		expect(host.items.every((item) => deliveryOf(item).replayed === true)).toBe(true);
	});
});
