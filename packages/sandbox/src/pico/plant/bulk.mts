import { Stamp } from '../time.mts';
import { markOdd } from './odd.mts';
import { type Plant, PlantError } from './plant.mts';
import type { Completion, Note, Operation } from './types.mts';

export interface BulkCompletions {
	count: number;
	startAt: bigint;
	stepNs: bigint;
	/** Every n-th event shares the time of the one before it (0 = none). */
	tieEvery: number;
	orderPrefix: string;
	/** Every n-th event has a field that the server fails to load (0 = none). */
	unresolvedEvery: number;
	/** Which one; none = the row as a whole. */
	unresolvedField: string | undefined;
}

/** Makes many finished units of the plant's products, without orders behind them, for replay tests. */
export function addCompletions(plant: Plant, bulk: BulkCompletions): { first: Completion; last: Completion } {
	const products = plant.operations.filter((row) => row.kind === 'product' && !row.archivedAt);
	if (products.length === 0) throw new PlantError('There is no product to complete');
	const rows: Completion[] = [];
	let time = bulk.startAt;
	for (let index = 0; index < bulk.count; index++) {
		const tie = bulk.tieEvery > 0 && index % bulk.tieEvery === bulk.tieEvery - 1;
		if (index > 0 && !tie) time += bulk.stepNs;
		const row = completion(products[index % products.length], `${bulk.orderPrefix}-${index + 1}`, index, new Stamp(time));
		const unresolved = bulk.unresolvedEvery > 0 && (index + 1) % bulk.unresolvedEvery === 0;
		rows.push(unresolved ? markOdd(row, { kind: 'unresolved', field: bulk.unresolvedField }) : row);
	}
	plant.logs.completions.appendMany(rows, (row) => row.at.ns);
	return { first: rows[0], last: rows[rows.length - 1] };
}

function completion(operation: Operation, externalOrderId: string, index: number, at: Stamp): Completion {
	const endState = {
		producedSerial: `SN-${operation.externalId}-B${index + 1}`,
		at,
		station: { name: 'Assembly 1' },
		operator: { name: 'Robin Alvarez' },
	};
	return {
		externalOrderId,
		operation,
		orderIndex: 0,
		at,
		wip: false,
		operationSummary: {
			startedAt: new Stamp(at.ns - 1_200_000_000_000n),
			cycleTime: 1200 / 86_400,
			consumedSerials: operation.consumedSerials.map((attribute) => ({
				id: attribute.id,
				externalId: attribute.externalId,
				value: `${attribute.externalId}-${index + 1}`,
			})),
			endState,
		},
		endState,
		reservedSerialNumber: null,
		secondaryExternalOrderId: null,
	};
}

/** Stores rows that streams and webhooks send exactly as given; their place in the stream is by the times here. */
export function addRawRows(plant: Plant, kind: 'completions' | 'notes', texts: string[], startAt: bigint, stepNs: bigint): void {
	for (const text of texts) checkJson(text);
	const [operation] = plant.operations;
	const first = plant.rawRows.length;
	plant.rawRows.push(...texts);
	const odd = (index: number) => ({ kind: 'raw' as const, number: first + index, text: texts[index] });
	const at = (index: number) => new Stamp(startAt + BigInt(index) * stepNs);
	if (kind === 'completions') {
		const rows = texts.map((_, index) => markOdd(completion(operation, 'RAW', index, at(index)), odd(index)));
		return plant.logs.completions.appendMany(rows, (row) => row.at.ns);
	}
	const rows = texts.map((_, index): Note => markOdd({ ...rawNote, seq: ++plant.noteSeq, at: at(index) }, odd(index)));
	plant.logs.notes.appendMany(rows, (row) => row.at.ns);
}

function checkJson(text: string): void {
	try {
		JSON.parse(text);
	} catch (error) {
		throw new PlantError(`rows: ${error instanceof Error ? error.message : String(error)}`);
	}
}

const rawNote: Omit<Note, 'seq' | 'at'> = {
	id: 'note-raw',
	externalId: '',
	text: '',
	metadata: {},
	images: [],
	eventType: 'created',
	type: { id: 'note-type-raw', name: 'Raw' },
	state: { operator: { name: 'Robin Alvarez' }, station: { name: 'Assembly 1' } },
};

/** Deploys many simple operations (part numbers BULK-00001 ...), one step apart. */
export function addOperations(plant: Plant, count: number): void {
	const start = plant.now().ns;
	const base = plant.operations.length;
	plant.deployMany(
		Array.from({ length: count }, (_, index): Operation => {
			const number = String(base + index + 1).padStart(5, '0');
			return {
				id: `op-bulk-${number}`,
				kind: 'process',
				externalId: `BULK-${number}`,
				externalRevision: 'A',
				externalCodes: [`BULK-${number}`],
				name: `Bulk operation ${number}`,
				templateID: `tpl-bulk-${number}`,
				variantName: null,
				consumedSerials: [{ id: `attr-bulk-${number}`, name: 'Lot', externalId: `LOT-${number}` }],
				updatedAt: new Stamp(start + BigInt(index) * 1_000_000n),
				archivedAt: null,
			};
		}),
	);
}
