import type { IDataObject } from 'n8n-workflow';
import type { ServerResponse } from 'node:http';

import { json, startOddServer } from '../../kit/oddServer.mts';
import { byId, usePico } from '../../kit/usePico.mts';

const pico = usePico();

/** Saves orders of `units` each on a server that answers a save as `answer` says, which hears how many are open. */
async function saveOn(answer: (open: number, done: (status?: number) => void) => void, orders: number, units = 1) {
	let open = 0;
	const seen: number[] = [];
	const server = await startOddServer((body, response: ServerResponse) => {
		if (!body.includes('operationOrderSave')) return json(response, { errors: [{ message: 'introspection is off' }] });
		seen.push(++open);
		answer(open, (status = 200) => {
			open--;
			json(response, status === 200 ? { data: { operationOrderSave: { message: 'created' } } } : { message: 'no' }, status);
		});
	});
	const parameters: IDataObject = { ...byId('op-1'), orderId: '={{ $json.id }}', quantity: units };
	const items = Array.from({ length: orders }, (_, index) => ({ id: `MO-${index}` }));
	const run = await pico.run('operationOrder', 'save', parameters, { items, credential: { endpoint: server.endpoint, token: 'token' } });
	await server.close();
	const saved = run.json.map(({ orderId, orderIndex }) => `${String(orderId)}/${String(orderIndex)}`);
	expect(saved).toEqual(items.flatMap(({ id }) => [...Array(units).keys()].map((unit) => `${id}/${unit}`)));
	return seen;
}

it.each([
	['orders', 80, 1],
	['units of one order', 1, 80],
])('saves more %s at once while Pico answers quickly, sixteen at most', async (_, orders, units) => {
	const seen = await saveOn((_open, done) => setTimeout(done, 100), orders, units);
	expect(Math.max(...seen)).toBeGreaterThan(5);
	expect(Math.max(...seen)).toBeLessThanOrEqual(16);
});

it('saves fewer at once after Pico refused one more, and every order', async () => {
	const held: Array<() => void> = [];
	let refused = 0;
	const after: number[] = [];
	const seen = await saveOn((open, done) => {
		if (refused === 0 && open < 5) held.push(() => done());
		else if (open > 4) {
			refused++;
			done(429);
			for (const answerNow of held) answerNow();
		} else {
			after.push(open);
			setTimeout(done, 20);
		}
	}, 40);
	expect(seen[4]).toBe(5);
	expect(refused).toBe(1);
	expect(Math.max(...after)).toBeLessThanOrEqual(4);
});

it('saves no more at once on a server that slows down with each of them', async () => {
	let turn = Promise.resolve();
	const seen = await saveOn((_open, done) => {
		turn = turn.then(async () => await new Promise((resolve) => setTimeout(resolve, 40))).then(() => done());
	}, 40);
	expect(Math.max(...seen)).toBeLessThanOrEqual(8);
});

it('works on several orders at once with a Pico that is down, so that they do not wait for each other', async () => {
	const tried: string[] = [];
	const server = await startOddServer((body, response: ServerResponse) => {
		const [, order] = /MO-(\d+)/.exec(body) ?? [];
		if (order === undefined) return json(response, { errors: [{ message: 'introspection is off' }] });
		tried.push(order);
		response.writeHead(503).end();
	});
	const items = Array.from({ length: 12 }, (_, index) => ({ id: `MO-${index}` }));
	const parameters: IDataObject = { ...byId('op-1'), orderId: '={{ $json.id }}', quantity: 1 };
	await pico.run('operationOrder', 'save', parameters, { items, onError: 'continueRegularOutput', credential: { endpoint: server.endpoint, token: 'token' } });
	await server.close();
	expect(new Set(tried).size).toBe(12);
	expect(tried.indexOf('9')).toBeLessThan(tried.lastIndexOf('7'));
}, 120_000);
