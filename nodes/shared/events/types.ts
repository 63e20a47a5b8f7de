import type { SelectedField } from './selection';

/** A row as Pico sent it (or as one JSON object of it), not yet trusted. */
export type Row = Record<string, unknown>;

export type EventKindId = 'orderCompleted' | 'operationChanged' | 'structureChanged' | 'noteSaved';

/**
 * Everything this package knows of one kind of event, in one record. Triggers, the replay operations, the webhook
 * operations and the sandbox read it; nothing of it is written down a second time.
 */
export interface EventKind {
	id: EventKindId;
	/** Title Case, as people see it in a dropdown and under the node. */
	displayName: string;
	description: string;
	/** Field of `Subscription` that streams it. */
	streamField: string;
	/** GraphQL type of one row; also the type condition of a webhook fragment. */
	typeName: string;
	/** Field of the row that orders the stream and that `cursor.initialValue` takes. */
	cursorField: string;
	/** Default selection: all that the simplified output needs, and the identity. */
	selection: readonly SelectedField[];
	/** Names that identity and cursor need, asked for even when a user selects own fields. */
	identityFields: readonly string[];
	/** Fields that name the event for people: always part of 'Selected Fields'. */
	namedBy: readonly string[];
	/** Fields that every version of Pico sends for it, although their values may be null: what tells it from other JSON. */
	requiredFields: readonly string[];
	/** Path of the id of the product it belongs to, to filter by; absent where Pico does not tell. */
	productPath?: readonly string[];
	/** Field of the id of the operation whose structure it changes; absent where it changes none. */
	changedOperation?: string;
	/** Field of the id of the order it belongs to, to filter by; absent where it belongs to none. */
	orderIdField?: string;
	/** Whether a second event about the same thing puts the first one right. */
	repeatIsCorrection: boolean;
	/** Whether it lists consumed serials, of which each can be an item of its own. */
	hasLines: boolean;
	/** The same row under the current names, with derived times in place. */
	normalise(row: Row): Row;
	/**
	 * Values that tell two events apart; equal values mean that Pico sent the same event again. Frozen: a change would
	 * make every event in the look-back window look new.
	 */
	identity(row: Row): readonly unknown[];
	/** Values that name the thing the event is about; a second event with the same ones is a correction or an update. */
	subject(row: Row): readonly unknown[];
	/** What an ERP person needs of it, named as he reads it: at most 10 fields with event id and delivery. */
	simplify(row: Row): Row;
	/** A made-up row for editor test runs on an empty plant; always labelled as such in the output. */
	sample: Row;
}
