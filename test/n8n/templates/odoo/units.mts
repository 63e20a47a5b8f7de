import type { Plant } from './plant.mts';

/** A unit to be completed, with the numbers that the operator scans. */
export interface Unit {
	order: string;
	partNumber: string;
	orderIndex: number;
	/** null: none. */
	producedSerial: string | null;
	consumedSerials: Array<{ externalId: string; value: string }>;
}

/** Parts that Odoo builds and the Pico sandbox does not know by itself. */
const MORE_PARTS = ['GEAR-200', 'VALVE-300', 'RESIN-KIT'];

/** Each product in its own way: what a unit is called, and what goes into it. */
const BUILD: Record<string, (order: string, index: number) => Pick<Unit, 'producedSerial' | 'consumedSerials'>> = {
	'PUMP-100': (order, index) => ({
		producedSerial: `PUMP-${order}-${index}`,
		consumedSerials: [
			{ externalId: 'MOTOR-20', value: `M-${order}-${index}` },
			{ externalId: 'HOUSING-10', value: `H-${order}-${index}` },
		],
	}),
	'GEAR-200': (order, index) => ({
		producedSerial: `GEAR-${order}-${index}`,
		consumedSerials: [{ externalId: 'HOUSING-10', value: `H-${order}-${index}` }],
	}),
	'VALVE-300': () => ({ producedSerial: null, consumedSerials: [] }),
	// One lot for the order, of which not every unit says the number; two lots of resin go into the last unit.
	'RESIN-KIT': (order, index) => ({
		producedSerial: index === 1 ? null : order,
		consumedSerials: ['RES-7', ...(index === 2 ? ['RES-8'] : [])].map((value) => ({ externalId: 'RESIN-1', value })),
	}),
};

/** 52 manufacturing orders of one to five pieces; products tracked by serial number, by lot, and not at all. */
export async function release({ odoo, pico }: Plant): Promise<Unit[]> {
	for (const partNumber of MORE_PARTS) await pico.control('POST', 'operations/deploy', { partNumber, revision: 'A' });
	await odoo.makeLotProduct('RESIN-KIT', 'RESIN-1');
	await odoo.orders('PUMP-100', 3, 6);
	await odoo.orders('GEAR-200', 1, 32);
	await odoo.orders('VALVE-300', 2, 6);
	await odoo.orders('RESIN-KIT', 3, 4);
	const { orders } = await odoo.state();
	return orders.reverse().flatMap(({ name, partNumber, quantity }) =>
		Array.from({ length: quantity }, (_, orderIndex) => ({
			order: name,
			partNumber,
			orderIndex,
			...BUILD[partNumber](name, orderIndex),
		})),
	);
}
