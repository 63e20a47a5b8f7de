import type { Stamp } from '../time.mts';

/** A serial that an operation expects to be captured. */
export interface Attribute {
	id: string;
	name: string;
	externalId: string | null;
}

/** A product, subassembly or process. Rows are never changed: an update is a new row. */
export interface Operation {
	id: string;
	kind: 'product' | 'subassembly' | 'process';
	externalId: string | null;
	externalRevision: string | null;
	externalCodes: string[];
	name: string;
	templateID: string | null;
	variantName: string | null;
	consumedSerials: Attribute[];
	/** Its units get no serial number; not part of Pico's schema, where nothing says so beforehand. */
	withoutSerial?: boolean;
	updatedAt: Stamp;
	archivedAt: Stamp | null;
}

/** One parent-child link. Carries the names of every schema version, each profile serves its own. */
export interface SubOperation {
	parentId: string;
	childId: string;
	childIndex: number;
	subId: string;
	subGroup: number;
	optional: boolean;
	updatedAt: Stamp;
}

export interface ConsumedSerial {
	id: string;
	externalId: string | null;
	value: string;
}

export interface State {
	producedSerial: string | null;
	at: Stamp;
	station: { name: string };
	operator: { name: string };
}

export interface Completion {
	externalOrderId: string;
	operation: Operation | null;
	orderIndex: number;
	at: Stamp;
	wip: boolean;
	operationSummary: {
		startedAt: Stamp | null;
		cycleTime: number;
		consumedSerials: ConsumedSerial[];
		endState: State | null;
	};
	endState: State | null;
	reservedSerialNumber: string | null;
	secondaryExternalOrderId: string | null;
}

export interface Note {
	seq: number;
	at: Stamp;
	id: string;
	externalId: string;
	text: string;
	metadata: unknown;
	images: string[];
	eventType: string;
	type: { id: string; name: string };
	state: { operator: { name: string }; station: { name: string } };
}

/** The four kinds of rows that have a query and a stream. */
export interface Rows {
	operations: Operation;
	subOperations: SubOperation;
	completions: Completion;
	notes: Note;
}
export type Kind = keyof Rows;
