import { billsOfMaterials, firstOrders, parts } from '../web/catalogue.mts';
import type { Database } from './database.mts';
import type { Row } from './table.mts';

const cells = [
	{ name: 'Machining', color: '#0ea5e9' },
	{ name: 'Assembly', color: '#f59e0b' },
	{ name: 'Testing', color: '#22c55e' },
	{ name: 'Packing', color: '#a855f7' },
];

const resources = [
	{ name: 'Mill 1', type: 'machine', identifier: 'M-01', location: 'Hall A' },
	{ name: 'Pump test rig', type: 'equipment', identifier: 'T-01', location: 'Hall B' },
	{ name: 'Assembly fixture 3', type: 'fixture', identifier: 'F-03', location: 'Hall B' },
];

const operators = ['Alex Kim', 'Sam Rivera'];

const routing: readonly { name: string; cell: string; minutes: number }[] = [
	{ name: 'Prepare housing', cell: 'Machining', minutes: 15 },
	{ name: 'Assemble', cell: 'Assembly', minutes: 40 },
	{ name: 'Pressure test', cell: 'Testing', minutes: 10 },
];

/** A small workshop: four cells, three resources, two operators and one job that nobody has started. */
export function seed(db: Database): void {
	cells.forEach((cell, index) => db.insert('cells', { ...cell, sequence: index + 1 }));
	for (const resource of resources) db.insert('resources', resource);
	for (const name of operators) {
		db.insert('profiles', { username: name.split(' ')[0].toLowerCase(), full_name: name });
	}
	db.insert('scrap_reasons', { code: 'POROSITY', description: 'Casting is porous', category: 'material' });
	db.insert('scrap_reasons', { code: 'DAMAGED', description: 'Damaged while handled', category: 'operator' });
	const [order] = firstOrders;
	makeJob(db, {
		jobNumber: 'JOB-0001',
		customer: 'Northwind Cooling',
		partNumber: order.partNumber,
		quantity: order.quantity,
	});
}

export interface JobRequest {
	jobNumber: string;
	customer: string;
	/** A product of the catalogue. */
	partNumber: string;
	quantity: number;
}

/** A job with one part and its routing. The part's number carries the job's: part numbers are unique in a workshop. */
export function makeJob(db: Database, { jobNumber, customer, partNumber, quantity }: JobRequest): Row {
	const product = parts.find((part) => part.partNumber === partNumber && part.kind === 'product');
	if (!product) throw new Error(`No product ${JSON.stringify(partNumber)} in the catalogue`);
	const due = new Date(Date.UTC(2027, 0, 29)).toISOString();
	const job = db.insert('jobs', { job_number: jobNumber, customer, due_date: due });
	const part = db.insert('parts', {
		job_id: job.id,
		part_number: `${partNumber}-${jobNumber}`,
		material: product.name,
		quantity,
		metadata: {
			product: partNumber,
			revision: product.revision,
			components: (billsOfMaterials[partNumber] ?? []).map((line) => ({ ...line, quantity: line.quantity * quantity })),
		},
	});
	routing.forEach((step, index) =>
		db.insert('operations', {
			part_id: part.id,
			cell_id: cellNamed(db, step.cell).id,
			operation_name: step.name,
			sequence: (index + 1) * 10,
			estimated_time: step.minutes * quantity,
			status: 'not_started',
		}),
	);
	return job;
}

function cellNamed(db: Database, name: string): Row {
	for (const row of db.table('cells').rows.values()) if (row.name === name) return row;
	return db.insert('cells', { name, sequence: db.table('cells').rows.size + 1 });
}
