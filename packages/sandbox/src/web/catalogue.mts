/** The parts that both ERP doubles know. Part numbers are the key that links them to the shop floor. */
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
