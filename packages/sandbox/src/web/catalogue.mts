/** The parts of the made-up plant: what the ERP doubles book and what the demo's shop floor builds. Linked by part number. */
export interface Part {
	partNumber: string;
	name: string;
	revision: string;
	tracking: 'serial' | 'lot' | 'none';
	kind: 'product' | 'component';
	price: number;
}

export const parts: readonly Part[] = [
	{ partNumber: 'PUMP-100', name: 'Coolant pump', revision: 'B', tracking: 'serial', kind: 'product', price: 480 },
	{ partNumber: 'GEAR-200', name: 'Gearbox', revision: 'A', tracking: 'serial', kind: 'product', price: 720 },
	{ partNumber: 'VALVE-300', name: 'Control valve', revision: 'A', tracking: 'none', kind: 'product', price: 95 },
	{ partNumber: 'MOTOR-20', name: 'Electric motor', revision: 'A', tracking: 'serial', kind: 'component', price: 140 },
	{ partNumber: 'HOUSING-10', name: 'Cast housing', revision: 'A', tracking: 'serial', kind: 'component', price: 60 },
	{ partNumber: 'SEAL-30', name: 'Shaft seal', revision: 'A', tracking: 'none', kind: 'component', price: 4 },
];

/** What one unit of a product consumes. */
export const billsOfMaterials: Readonly<Record<string, readonly { partNumber: string; quantity: number }[]>> = {
	'PUMP-100': [
		{ partNumber: 'MOTOR-20', quantity: 1 },
		{ partNumber: 'HOUSING-10', quantity: 1 },
		{ partNumber: 'SEAL-30', quantity: 2 },
	],
	'GEAR-200': [
		{ partNumber: 'HOUSING-10', quantity: 1 },
		{ partNumber: 'SEAL-30', quantity: 2 },
	],
	'VALVE-300': [{ partNumber: 'SEAL-30', quantity: 1 }],
};

/** Orders that a fresh double starts with. */
export const firstOrders: readonly { partNumber: string; quantity: number }[] = [
	{ partNumber: 'PUMP-100', quantity: 1 },
	{ partNumber: 'PUMP-100', quantity: 3 },
	{ partNumber: 'GEAR-200', quantity: 1 },
	{ partNumber: 'VALVE-300', quantity: 5 },
];

/** What the shop floor has to know to build a product: deployed in the plant of the demo. */
export interface FloorProduct {
	partNumber: string;
	name: string;
	revision: string;
	/** Its units have no serial numbers of their own. */
	withoutSerial: boolean;
	consumedSerials: Array<{ name: string; externalId: string }>;
	/** Parts of the ERPs that the floor builds itself, with the part number of the plant's own subassembly. */
	subassemblies: ReadonlyArray<Pick<Part, 'partNumber' | 'name' | 'revision'> & { insteadOf: string }>;
}

const BUILT_ON_THE_FLOOR: Readonly<Record<string, string>> = { 'MOTOR-20': 'MOTOR-110', 'HOUSING-10': 'HOUSING-120' };

/** The products as the floor builds them: it asks for the serial numbers that the ERPs book, and for no others. */
export const floorProducts: readonly FloorProduct[] = parts
	.filter((part) => part.kind === 'product')
	.map(({ partNumber, name, revision, tracking }) => ({
		partNumber,
		name,
		revision,
		withoutSerial: tracking === 'none',
		consumedSerials: serialsBuiltInto(partNumber),
		subassemblies: billsOfMaterials[partNumber].flatMap((line) => {
			const part = parts.find((each) => each.partNumber === line.partNumber);
			const insteadOf = BUILT_ON_THE_FLOOR[line.partNumber];
			return part && insteadOf ? [{ partNumber: part.partNumber, name: part.name, revision: part.revision, insteadOf }] : [];
		}),
	}));

/** One for each piece: a unit with two motors has two numbers. */
function serialsBuiltInto(product: string): FloorProduct['consumedSerials'] {
	return billsOfMaterials[product].flatMap(({ partNumber, quantity }) => {
		const part = parts.find((each) => each.partNumber === partNumber);
		if (!part || part.tracking === 'none') return [];
		return Array.from({ length: quantity }, () => ({ name: `${part.name} serial`, externalId: partNumber }));
	});
}
