import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { usePlant } from '../../kit/plant.mts';
import type { Random } from '../../kit/random.mts';
import { scenario, size } from '../../kit/scenario.mts';
import { pass, passing, runTime, stopTime } from '../../kit/time.mts';

const plant = usePlant('own');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = { startAt: '2026-01-01T00:00:00Z', stepNs: 60_000_000_000 };
const NODE: INode = { id: 'erp', name: 'ERP', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, position: [0, 0], parameters: {} };

afterEach(runTime);

/** What a node of the workflow leaves behind when the other system is down: as itself, or as n8n's queue hands it on. */
function downError(random: Random): Error {
	const status = random.pick([408, 425, 429, 502, 503, 504]);
	const code = random.pick(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ECONNABORTED']);
	const error = random.chance(0.5)
		? new NodeApiError(NODE, { message: 'The service did not answer', response: { status, data: 'busy' } } as unknown as JsonObject, { httpCode: String(status) })
		: new NodeApiError(NODE, Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code }) as unknown as JsonObject);
	return random.chance(0.5) ? error : (JSON.parse(JSON.stringify({ ...error, message: error.message, cause: error.cause })) as Error);
}

describe.each([
	['1 min', MINUTE],
	['30 min', 30 * MINUTE],
	['5 h', 5 * HOUR],
])('the other system is down for %s', (how, downMs) => {
	scenario('R30', `the other system is down for ${how}, with 'After Run Succeeds'`, async (random) => {
		const events = size(50, 10);
		await plant.reset();
		await plant.complete(events, DAY);
		stopTime();
		const host = plant.host({ startFrom: 'earliest', deliverNext: 'afterSuccess', options: { attempts: 3 } });
		const began = Date.now();
		let failedRuns = 0;
		const done: string[] = [];
		host.workflow = (items) => {
			if (Date.now() - began >= downMs || done.length < 2) {
				for (const { orderId } of items) done.push(String(orderId));
				return 'success';
			}
			failedRuns++;
			host.runError = downError(random);
			return 'error';
		};
		await passing(host.activate());
		const held = () => host.failedExecutions.length;
		const end = downMs + 30 * MINUTE;
		await pass(end, () => done.length + held() >= events, downMs > HOUR ? 5_000 : 1_000);
		await passing(host.deactivate());
		runTime();
		// Patience of four hours: after it the event that waited is held by a failed execution, and the next one has its turn.
		const texts = host.failedExecutions.map((error) => `${error.message} ${String((error as { description?: unknown }).description)}`);
		expect(held()).toBe(downMs > 4 * HOUR ? 1 : 0);
		expect(texts.every((text) => /"MO-\d+"/.test(text))).toBe(true);
		expect(new Set(host.items.map(({ delivery }) => (delivery as { attempt: number }).attempt))).toEqual(new Set([1]));
		// From 5 s up to 5 min apart.
		expect(failedRuns).toBeLessThanOrEqual(Math.ceil(downMs / 5_000));
		return { events, injected: failedRuns, lost: events - new Set(done).size - held(), duplicated: done.length - new Set(done).size, told: held() };
	});
});

scenario('R30', 'Pico is not to be reached for an hour', async (random) => {
	const rounds = size(5, 1);
	await plant.reset();
	let down = false;
	let asked = 0;
	const epoch = String(Math.round(Date.now() / 1000) + 10);
	const ahead = () => new Date(Date.now() + 2 * HOUR).toUTCString();
	const busy = (retryAfter: string): Fault => ({ kind: 'status', status: 503, headers: { 'retry-after': retryAfter } });
	let answer: () => Fault = () => ({ kind: 'refuse' });
	const proxy = await faultProxy(plant.sandbox.endpoint, (): Fault => {
		if (!down) return { kind: 'none' };
		asked++;
		return answer();
	});
	stopTime();
	const host = plant.host({ startFrom: 'earliest' }, proxy.endpoint);
	await passing(host.activate());
	const answers = [() => ({ kind: 'refuse' }) as Fault, () => busy('soon'), () => busy('-5'), () => busy(epoch), () => busy('86400'), () => busy(ahead())];
	let events = 0;
	for (let round = 0; round < rounds; round++) {
		answer = round === 0 ? () => ({ kind: 'refuse' }) : random.pick(answers);
		const [told, logged] = [host.failedExecutions.length, host.logs.length];
		asked = 0;
		down = true;
		await plant.cut();
		await plant.complete(10, { orderPrefix: `D${round}` });
		events += 10;
		await pass(65 * MINUTE, () => false, 5_000);
		const [once] = host.failedExecutions.slice(told);
		expect(host.failedExecutions.length - told).toBe(1);
		expect(`${once.message} ${String((once as { description?: unknown }).description)}`).toMatch(/Pico/);
		expect(asked).toBeLessThanOrEqual(500);
		down = false;
		// Whatever was asked for, nobody waits longer than an hour.
		await pass(70 * MINUTE, () => new Set(host.ids).size >= events, 5_000);
		expect(host.failedExecutions.length - told).toBe(1);
		expect(host.logs.slice(logged).filter((line) => /Connected|again|back/i.test(line) && !/connecting again/i.test(line))).not.toEqual([]);
		await pass(5_000);
	}
	await passing(host.deactivate());
	runTime();
	const ids = new Set(host.ids);
	return { events, injected: rounds, lost: events - ids.size, duplicated: host.ids.length - ids.size, told: host.failedExecutions.length };
});
