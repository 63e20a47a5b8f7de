import type { IDataObject } from 'n8n-workflow';

import { runNode, type NodeRun } from '../../../kit/runNode.mts';
import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { usePlant } from '../../kit/plant.mts';
import { scenario, size } from '../../kit/scenario.mts';

interface StoredOrder {
	externalOrderId: string;
	orderIndex: number;
	parentOrderId: string | null;
	state: string;
}

const plant = usePlant();
const UNITS = 20;
/**
 * Runs a person, or n8n's 'Retry on Fail', gives the node until it went through. With 4 of 10 answers lost and three
 * tries for each unit, only one run in four gets all 20 units through.
 */
const MOST_RUNS = 50;

/** Orders as they were placed; the child orders that Pico derives from them are left out. */
async function placed(): Promise<StoredOrder[]> {
	const { orders } = await plant.sandbox.control<{ orders: StoredOrder[] }>('GET', 'state');
	return orders.filter(({ parentOrderId }) => parentOrderId === null);
}

async function untilItWorks(run: () => Promise<NodeRun>): Promise<NodeRun> {
	for (let tried = 1; ; tried++) {
		const result = await run();
		if (!result.error || tried === MOST_RUNS) return result;
	}
}

scenario('R18', 'saves and cancels that Pico carries out, but whose answer never comes', async (random) => {
	const saves = size(1_000, 40);
	const orders = saves / UNITS;
	await plant.reset();
	let breaking = 0;
	const proxy = await faultProxy(plant.sandbox.endpoint, (): Fault => {
		if (breaking > 0 && random.chance(breaking)) return { kind: 'unanswered' };
		return { kind: 'gateway', afterMs: 400 };
	});
	const node = async (operation: string, parameters: IDataObject) =>
		await runNode({
			credential: { endpoint: proxy.endpoint, token: plant.sandbox.token },
			parameters: { resource: 'operationOrder', operation, operationId: { __rl: true, mode: 'partNumber', value: 'PUMP-100' }, ...parameters },
		});
	const wanted: string[] = [];
	let told = 0;
	for (let order = 0; order < orders; order++) {
		const orderId = `MO-${order}`;
		for (let index = 0; index < UNITS; index++) wanted.push(`${orderId} ${index}`);
		// Either the sandbox never answers committed saves and a gateway gives up, or the line breaks before the answer.
		const silent = random.chance(0.5);
		breaking = silent ? 0 : 0.4;
		if (silent) await plant.sandbox.control('POST', 'switches', { commitThenTimeout: random.whole(2, 8) });
		const run = await untilItWorks(async () => await node('save', { orderId, quantity: UNITS }));
		await plant.sandbox.control('POST', 'switches', { commitThenTimeout: 0 });
		if (!run.error && run.json.length === UNITS) told += UNITS;
	}
	const key = ({ externalOrderId, orderIndex }: StoredOrder) => `${externalOrderId} ${orderIndex}`;
	const made = (await placed()).map(key);
	const missing = wanted.filter((each) => !made.includes(each)).length;
	expect(told).toBe(saves);

	// Every tenth unit is cancelled again; a repeated cancel finds it cancelled and must not turn that into a failure.
	breaking = 0.5;
	const cancelled: string[] = [];
	for (let unit = 0; unit < wanted.length; unit += 10) {
		const [orderId, orderIndex] = wanted[unit].split(' ');
		const options = { ignoreIfCanceled: true };
		const run = await untilItWorks(async () => await node('cancel', { orderId, orderIndex: Number(orderIndex), unitsToCancel: 'one', options }));
		expect(run.error).toBeUndefined();
		cancelled.push(wanted[unit]);
	}
	const gone = (await placed()).filter(({ state }) => state === 'cancelled').map(key);
	expect(gone.sort()).toEqual(cancelled.sort());
	const injected = proxy.injected;
	await proxy.close();
	return { events: saves + cancelled.length, injected, lost: missing, duplicated: made.length - new Set(made).size, note: `${saves} saves, ${cancelled.length} cancels` };
});
