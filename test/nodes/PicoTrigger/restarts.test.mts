import type { IDataObject } from 'n8n-workflow';

import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { TriggerHost, type RunEnd } from '../../kit/triggerHost.mts';
import { until } from '../../kit/until.mts';

jest.mock('../../../nodes/shared/delivery/pace.ts', () => {
	const { PACE } = jest.requireActual<{ PACE: Record<string, number> }>('../../../nodes/shared/delivery/pace.ts');
	return { PACE: { ...PACE, takenUp: 20, retryFirst: 200, retryLongest: 400, outageLongest: 400, slow: 100, reconnectFirst: 20, quiet: 300, settle: 20 } };
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

const complete = async (orderPrefix: string, count = 1) => await sandbox.control('POST', 'completions/bulk', { count, orderPrefix });
const start = async (parameters: IDataObject = {}) => {
	host = new TriggerHost(sandbox, parameters);
	await host.activate();
};
const of = (prefix: string) => host.items.filter(({ orderId }) => String(orderId).startsWith(prefix));
const attemptsOf = (prefix: string) => of(prefix).map(({ delivery }) => (delivery as IDataObject).attempt);
const ends = (byPrefix: Record<string, RunEnd | ((attempt: number) => RunEnd)>) => (items: IDataObject[]) => {
	const [, end] = Object.entries(byPrefix).find(([prefix]) => String(items[0].orderId).startsWith(prefix)) ?? [];
	return typeof end === 'function' ? end(Number((items[0].delivery as IDataObject).attempt)) : (end ?? 'success');
};
/** An event after all others shows that these are dealt with. */
const afterOneMore = async (name: string) => {
	await complete(name);
	await until(`the event ${name}`, () => of(name).some((_item, index, all) => index === all.length - 1), 30_000);
};
/** Stops the trigger, cleanly or not, and starts it again. */
const restart = async (how: 'stop' | 'kill') => {
	await (how === 'stop' ? host.deactivate() : host.kill());
	await host.activate('init');
};
const descriptions = () => host.failedExecutions.map((error) => `${error.message} ${(error as { description?: string }).description}`);

describe.each(['stop', 'kill'] as const)('after a %s', (how) => {
	test.each([
		['afterFinish', {}, [1]],
		['immediately', {}, [1]],
		['afterFinish', { afterRestart: 'again' }, [1, 2]],
		['immediately', { afterRestart: 'again' }, [1, 2]],
		['afterSuccess', { afterRestart: 'skip' }, [1]],
		['afterSuccess', {}, [1, 2]],
	])('%s with %j: the last event has the attempts %j', async (deliverNext, options, attempts) => {
		await start({ deliverNext, options });
		host.workflow = ends({ LAST: (attempt) => (attempt === 1 ? 'never' : 'success') });
		await complete('FIRST');
		await until('the first run', () => of('FIRST').length === 1);
		await complete('LAST');
		await until('the last run', () => of('LAST').length === 1);
		await restart(how);
		await afterOneMore('MORE');
		expect([attemptsOf('FIRST'), attemptsOf('LAST')]).toEqual([[1], attempts]);
	});

	test('between two attempts, the next one follows, and attempts before count', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 3 } });
		host.workflow = ends({ BAD: 'error' });
		await complete('BAD');
		await until('the first attempt', () => of('BAD').length === 1);
		await restart(how);
		await afterOneMore('MORE');
		expect(attemptsOf('BAD')).toEqual([1, 2, 3]);
		expect(descriptions()).toEqual([expect.stringMatching(/^Continued after 3 attempts for event .*BAD-/s)]);
	});

	test('during an outage, waiting goes on without using up an attempt', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 1 } });
		host.runError = { message: 'Service unavailable', httpCode: '503' } as typeof host.runError;
		let isDown = true;
		host.workflow = (items) => (isDown && String(items[0].orderId).startsWith('BAD') ? 'error' : 'success');
		await complete('BAD');
		await until('three runs', () => of('BAD').length >= 3);
		await restart(how);
		const before = of('BAD').length;
		await until('two more', () => of('BAD').length >= before + 2);
		isDown = false;
		await afterOneMore('MORE');
		expect(new Set(attemptsOf('BAD'))).toEqual(new Set([1]));
		expect(new Set(host.runs.map(({ key }) => key)).size).toBe(host.runs.length);
		expect(descriptions()).toEqual([]);
		expect(host.logs.join('\n')).toMatch(/another system is down or busy \(HTTP 503\), for \d+ s so far; next run in \d+ s/);
	});
});

test('an event whose run stops n8n every time is run once more than allowed, then left visible; the next one follows', async () => {
	await start({ deliverNext: 'afterSuccess', options: { attempts: 2 } });
	host.workflow = ends({ POISON: 'never' });
	await complete('POISON');
	await complete('GOOD');
	for (let run = 1; run <= 3; run++) {
		await until(`run ${run}`, () => of('POISON').length === run);
		await host.kill();
		await host.activate('init');
	}
	await until('the good one', () => of('GOOD').length === 1);
	expect(attemptsOf('POISON')).toEqual([1, 2, 3]);
	expect(descriptions()).toEqual([expect.stringMatching(/^Continued after 3 attempts for event .*n8n stopped before the end of the run was stored.*POISON-/s)]);
});

describe('Outage Patience', () => {
	const OUTAGES: Array<[string, object, boolean]> = [
		['HTTP 503', { httpCode: '503' }, true],
		['HTTP 408', { httpCode: 408 }, true],
		['a refused connection', { code: 'ECONNREFUSED' }, true],
		['HTTP 500', { httpCode: '500' }, false],
		['an error without a code', {}, false],
	];

	test.each(OUTAGES)('%s in the failing node: %p', async (_name, fields, isOutage) => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 2 } });
		host.runError = { message: 'The ERP said no', ...fields } as typeof host.runError;
		let runs = 0;
		host.workflow = (items) => (String(items[0].orderId).startsWith('BAD') && ++runs <= 5 ? 'error' : 'success');
		await complete('BAD');
		await complete('GOOD');
		await until('the good one', () => of('GOOD').length === 1, 30_000);
		expect(attemptsOf('BAD')).toEqual(isOutage ? [1, 1, 1, 1, 1, 1] : [1, 2]);
		expect(descriptions()).toHaveLength(isOutage ? 0 : 1);
	});

	test('of 0 counts such runs as attempts', async () => {
		await start({ deliverNext: 'afterSuccess', options: { attempts: 2, outagePatience: 0 } });
		host.runError = { message: 'x', httpCode: '503' } as typeof host.runError;
		host.workflow = ends({ BAD: 'error' });
		await complete('BAD');
		await afterOneMore('GOOD');
		expect(attemptsOf('BAD')).toEqual([1, 2]);
	});

	test.each([
		['recordFailure', 0],
		['failedOutput', 1],
	])('when it is over, the event goes the chosen way: %s', async (afterLastAttempt, output) => {
		const now = performance.now.bind(performance);
		let ahead = 0;
		const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
		await start({ deliverNext: 'afterSuccess', options: { attempts: 50, outagePatience: 240, afterLastAttempt } });
		host.runError = { message: 'x', httpCode: '503' } as typeof host.runError;
		host.workflow = (items, run) => (run.output === 1 ? 'success' : ends({ BAD: 'error' })(items) as RunEnd);
		await complete('BAD');
		await until('some runs', () => of('BAD').length >= 3);
		ahead = 240 * 60_000;
		await afterOneMore('GOOD');
		clock.mockRestore();
		expect(host.runs.filter((run) => run.output === 1)).toHaveLength(output);
		expect(descriptions()).toHaveLength(1 - output);
		if (output === 0) expect(descriptions()[0]).toMatch(/\(for 240 min\).*BAD-/s);
	});
});
