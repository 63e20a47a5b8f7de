import type { IDataObject } from 'n8n-workflow';

import { until } from '../../../kit/until.mts';
import { settle, usePlant } from '../../kit/plant.mts';
import type { Random } from '../../kit/random.mts';
import { scenario, size } from '../../kit/scenario.mts';

const plant = usePlant();
const FIRST_EVENTS = 40;
const MINUTE_NS = 60_000_000_000;
const DAY = Date.parse('2026-01-01T00:00:00Z');

type State = Record<string, unknown>;

/** Ways in which what is stored can be wrong. Each takes a good state and answers what lies in the database instead. */
const DAMAGES: Record<string, (state: State, random: Random) => unknown> = {
	'from a newer version': (state) => ({ ...state, v: 2, seen: { packed: 'AAAA' }, shards: [1, 2] }),
	'from a newer version that moved the cursor': ({ cursor, ...rest }) => ({ ...rest, v: 9, position: { at: cursor } }),
	'cut off in the middle': (state, random) => JSON.stringify(state).slice(0, random.whole(1, 200)),
	'with a field missing': (state, random) => without(state, random.pick(Object.keys(state))),
	'with a field of another type': (state, random) => ({ ...state, [random.pick(Object.keys(state))]: random.pick([7, {}, true, [null]]) }),
	'with a cursor that is no time': (state) => ({ ...state, cursor: 'yesterday' }),
	'empty': () => ({}),
	'a list': () => [1, 2, 3],
};

function without(state: State, field: string): State {
	const rest = { ...state };
	delete rest[field];
	return rest;
}

/**
 * The trigger is set to begin with new events, so that a start from "now" would lose the event that is waiting. Either
 * that event comes, or the activation fails, says what to do, and leaves what is stored as it was.
 */
scenario('R16', 'stored position older, cut off, damaged or from a newer version', async (random) => {
	const rounds = size(200, 50);
	await plant.reset();
	await plant.complete(FIRST_EVENTS, { startAt: new Date(DAY).toISOString(), stepNs: MINUTE_NS });
	const host = plant.host({ startFrom: 'earliest' });
	const copies: State[] = [];
	host.workflow = () => {
		copies.push(structuredClone(host.stored) as State);
		return 'success';
	};
	await host.activate();
	await settle(host, FIRST_EVENTS);
	await host.deactivate();
	host.parameters = { ...host.parameters, startFrom: 'new' };

	let events = FIRST_EVENTS;
	let refused = 0;
	let lost = 0;
	for (let round = 0; round < rounds; round++) {
		const good = structuredClone(host.stored) as State;
		const [key] = Object.keys(host.staticData.global as IDataObject);
		const put = (state: unknown) => (host.staticData = { ...host.staticData, global: { [key]: state } } as IDataObject);
		const startAt = new Date(DAY + (FIRST_EVENTS + round) * 60_000).toISOString();
		await plant.complete(1, { orderPrefix: `R${round}`, startAt });
		events++;

		const damaged = random.chance(0.3) ? random.pick(copies) : DAMAGES[random.pick(Object.keys(DAMAGES))](good, random);
		put(damaged);
		try {
			await host.activate();
		} catch (error) {
			refused++;
			const text = `${String(error)} ${(error as { description?: string }).description ?? ''}`;
			expect(text).toMatch(/stored position .*cannot be read/);
			expect(text).toMatch(/Position Reset Key/);
			if (JSON.stringify(host.stored) !== JSON.stringify(damaged)) lost++;
			put(good);
			await host.activate();
		}
		await until('the event that was waiting', () => host.items.some(({ orderId }) => orderId === `R${round}-1`), 10_000).catch(() => lost++);
		await host.deactivate();
	}
	expect(refused).toBeGreaterThan(0);
	expect(refused).toBeLessThan(rounds);
	return { events, injected: rounds, lost, duplicated: host.ids.length - new Set(host.ids).size, note: `${refused} refused with the remedy` };
});
