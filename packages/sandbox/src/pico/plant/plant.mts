import type { Clock } from '../clock.mts';
import type { Random } from '../random.mts';
import type { Switches } from '../switches.mts';
import { Stamp } from '../time.mts';
import { type Entry, Log } from './log.mts';
import type { Attribute, Kind, Note, Operation, Rows, SubOperation } from './types.mts';

const RELEASE_HELD_AFTER_MS = 1_000;

/** A refusal that the caller can understand and act on. */
export class PlantError extends Error {}

export interface PlantSettings {
	clock: Clock;
	random: Random;
	switches: () => Switches;
}

export type OperationDraft = Partial<Omit<Operation, 'updatedAt' | 'archivedAt' | 'consumedSerials'>> & {
	name: string;
	consumedSerials?: Array<Omit<Attribute, 'id'> & { id?: string }>;
};

export interface NoteDraft {
	text: string;
	externalId?: string;
	metadata?: unknown;
	images?: string[];
	type?: string;
	operator?: string;
	station?: string;
}

const slug = (text: string) =>
	text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '');

/** The definitions of the plant (operations, structure), its notes, and the four logs that streams read. */
export class Plant {
	readonly logs: { [K in Kind]: Log<Rows[K]> } = {
		operations: new Log(),
		subOperations: new Log(),
		completions: new Log(),
		notes: new Log(),
	};
	private readonly operationEntries = new Map<string, Entry<Operation>>();
	private readonly linkEntries = new Map<string, Entry<SubOperation>>();
	private readonly noteEntries = new Map<string, Entry<Note>>();
	private held: { commit: () => void; timer: NodeJS.Timeout } | undefined;
	/** JSON texts of the raw rows, by number. */
	readonly rawRows: string[] = [];
	/** Sequence number of the last note event. */
	noteSeq = 0;

	constructor(readonly settings: PlantSettings) {}

	now(): Stamp {
		return this.settings.clock.stamp();
	}

	get operations(): Operation[] {
		return [...this.operationEntries.values()].map((entry) => entry.row);
	}

	get links(): SubOperation[] {
		return [...this.linkEntries.values()].map((entry) => entry.row);
	}

	get notes(): Note[] {
		return [...this.noteEntries.values()].map((entry) => entry.row);
	}

	operation(id: string): Operation | undefined {
		return this.operationEntries.get(id)?.row;
	}

	childrenOf(parentId: string): SubOperation[] {
		return this.links.filter((link) => link.parentId === parentId).sort((a, b) => a.childIndex - b.childIndex);
	}

	/** Finds by id or by part number (+ revision); archived ones only if nothing else matches. */
	find(by: { operationId?: string; partNumber?: string; revision?: string }): Operation {
		if (by.operationId !== undefined) {
			const found = this.operation(by.operationId);
			if (!found) throw new PlantError(`There is no operation with the id "${by.operationId}"`);
			return found;
		}
		const matches = this.operations.filter(
			(row) => row.externalId === by.partNumber && (by.revision === undefined || row.externalRevision === by.revision),
		);
		const active = matches.filter((row) => !row.archivedAt);
		const candidates = active.length > 0 ? active : matches;
		if (candidates.length === 0) throw new PlantError(`There is no operation with the part number "${by.partNumber}"`);
		if (candidates.length > 1) {
			const list = candidates.map((row) => `${row.id} (rev ${row.externalRevision})`).join(', ');
			throw new PlantError(`Part number "${by.partNumber}" is ambiguous: ${list}`);
		}
		return candidates[0];
	}

	/** Deploys a new or changed definition. A draft without an id that names a known part and revision changes that one. */
	deploy(draft: OperationDraft, at = this.now()): Operation {
		const known = draft.id === undefined ? this.sameDefinition(draft) : this.operation(draft.id);
		const externalId = draft.externalId ?? known?.externalId ?? null;
		const revision = draft.externalRevision ?? known?.externalRevision ?? null;
		const id =
			known?.id ??
			draft.id ??
			`op-${slug([externalId ?? draft.name, revision].filter(Boolean).join('-'))}-${this.hex()}`;
		return this.putOperation({
			id,
			kind: draft.kind ?? known?.kind ?? 'product',
			externalId,
			externalRevision: revision,
			externalCodes: draft.externalCodes ?? (externalId ? externalId.split('|') : []),
			name: draft.name,
			templateID: draft.templateID ?? known?.templateID ?? `tpl-${this.hex()}`,
			variantName: draft.variantName ?? known?.variantName ?? null,
			consumedSerials:
				draft.consumedSerials?.map((attribute) => ({ ...attribute, id: attribute.id ?? `attr-${this.hex()}` })) ??
				known?.consumedSerials ??
				[],
			withoutSerial: draft.withoutSerial ?? known?.withoutSerial,
			updatedAt: at,
			archivedAt: null,
		});
	}

	archive(operation: Operation, at = this.now()): Operation {
		return this.putOperation({ ...operation, updatedAt: at, archivedAt: at });
	}

	/** Stores many operations at once (for size tests). */
	deployMany(rows: Operation[]): void {
		const first = this.logs.operations.length;
		this.logs.operations.appendMany(rows, (row) => row.updatedAt.ns);
		rows.forEach((row, index) => this.operationEntries.set(row.id, this.logs.operations.commits[first + index]));
	}

	/** Adds or changes one parent-child link. The child may be unknown or make a cycle: clients must survive both. */
	link(parentId: string, childId: string, childIndex: number, optional = false, at = this.now()): SubOperation {
		const row = { parentId, childId, childIndex, subId: childId, subGroup: childIndex, optional, updatedAt: at };
		const key = `${parentId}|${childId}|${childIndex}`;
		const entry = this.logs.subOperations.append(row, at.ns, this.linkEntries.get(key));
		this.linkEntries.set(key, entry);
		return row;
	}

	/** Removes links of a parent to a child; there is no tombstone, so the links that stay are touched instead. */
	unlink(parentId: string, childId: string, childIndex?: number): number {
		let removed = 0;
		for (const [key, entry] of this.linkEntries) {
			const { row } = entry;
			if (row.parentId !== parentId || row.childId !== childId) continue;
			if (childIndex !== undefined && row.childIndex !== childIndex) continue;
			entry.superseded = true;
			this.linkEntries.delete(key);
			removed++;
		}
		for (const row of removed > 0 ? this.childrenOf(parentId) : []) {
			this.link(parentId, row.childId, row.childIndex, row.optional);
		}
		return removed;
	}

	addNote(draft: NoteDraft, at = this.now()): Note {
		const seq = ++this.noteSeq;
		const type = draft.type ?? 'Issue';
		const row: Note = {
			seq,
			at,
			id: `note-${seq}-${this.hex()}`,
			externalId: draft.externalId ?? '',
			text: draft.text,
			metadata: draft.metadata ?? {},
			images: draft.images ?? [],
			eventType: 'created',
			type: { id: `note-type-${slug(type)}`, name: type },
			state: {
				operator: { name: draft.operator ?? 'Robin Alvarez' },
				station: { name: draft.station ?? 'Assembly 1' },
			},
		};
		this.publish('notes', row, at, (entry) => this.noteEntries.set(row.id, entry));
		return row;
	}

	updateNote(id: string, change: Partial<NoteDraft>): Note {
		const known = this.noteEntries.get(id);
		if (!known) throw new PlantError(`There is no note with the id "${id}"`);
		const keepsPlace = this.settings.switches().noteUpdates === 'same-seq';
		const row: Note = {
			...known.row,
			text: change.text ?? known.row.text,
			externalId: change.externalId ?? known.row.externalId,
			metadata: change.metadata ?? known.row.metadata,
			images: change.images ?? known.row.images,
			eventType: 'updated',
			seq: keepsPlace ? known.row.seq : ++this.noteSeq,
			at: keepsPlace ? known.row.at : this.now(),
		};
		const entry = this.logs.notes.append(row, row.at.ns, keepsPlace ? known : undefined);
		this.noteEntries.set(id, entry);
		return row;
	}

	/** Puts back what a data file kept. */
	restore(operations: Operation[], links: SubOperation[], notes: Note[], noteSeq: number): void {
		for (const row of operations) this.putOperation(row);
		for (const row of links) this.link(row.parentId, row.childId, row.childIndex, row.optional, row.updatedAt);
		for (const row of notes) this.noteEntries.set(row.id, this.logs.notes.append(row, row.at.ns));
		this.noteSeq = noteSeq;
	}

	/** Commits an event row; with the switch `reorder` every second one only after its successor. */
	publish<K extends Kind>(kind: K, row: Rows[K], at: Stamp, then?: (entry: Entry<Rows[K]>) => void): void {
		const commit = () => {
			const entry = this.logs[kind].append(row, at.ns);
			then?.(entry);
		};
		if (this.settings.switches().reorder !== 'off' && !this.held) {
			const timer = setTimeout(() => this.releaseHeld(), RELEASE_HELD_AFTER_MS);
			timer.unref();
			this.held = { commit, timer };
			return;
		}
		commit();
		this.releaseHeld();
	}

	releaseHeld(): void {
		const { held } = this;
		this.held = undefined;
		if (!held) return;
		clearTimeout(held.timer);
		held.commit();
	}

	private sameDefinition(draft: OperationDraft): Operation | undefined {
		if (!draft.externalId) return undefined;
		return this.operations.find(
			(row) => row.externalId === draft.externalId && row.externalRevision === (draft.externalRevision ?? null),
		);
	}

	private putOperation(row: Operation): Operation {
		const entry = this.logs.operations.append(row, row.updatedAt.ns, this.operationEntries.get(row.id));
		this.operationEntries.set(row.id, entry);
		return row;
	}

	private hex(): string {
		return this.settings.random.hex(4);
	}
}
