import type { PicoClient } from '../api/client';
import { structureDocument } from '../api/documents/reads';
import { pause } from '../api/pause';
import { asTree } from '../api/structure/output';
import { Structure } from '../api/structure/structure';
import type { PicoEvent } from '../events/event';
import { asText } from '../events/read';
import type { EventKind, Row } from '../events/types';
import { asFailure } from '../api/failure';

/** Requests for the structure, on top of what the client repeats by itself after a passing failure. */
const TRIES = 3;
const RETRY_MS = 1_000;
const ANSWER_WITHIN_MS = 20_000;
const TOO_SLOW = 'Pico did not answer in time';

/** Whether a structure can be attached to this kind of event. */
export function canAttach(kind: EventKind): boolean {
	return kind.changedOperation !== undefined;
}

/**
 * What 'Attach Structure' adds to the item of each event, in the order of the events: `structure`, or
 * `structure: null` with the reason in `structureMissing`. Asks Pico once for all of them and never throws: an event
 * is worth more than its structure.
 */
export async function structuresFor(
	client: PicoClient,
	kind: EventKind,
	events: readonly PicoEvent[],
	signal: AbortSignal,
): Promise<Row[]> {
	if (events.length === 0) return [];
	const read = await readStructure(client, signal);
	return events.map((event) => ('missing' in read ? lacks(read.missing) : structureOf(read.structure, kind, event)));
}

/** The same two fields for an event that was made up. */
export function sampleStructure(): Row {
	return lacks('this event is made up');
}

async function readStructure(client: PicoClient, signal: AbortSignal): Promise<{ structure: Structure } | { missing: string }> {
	let reason = TOO_SLOW;
	for (let tried = 1; tried <= TRIES && !signal.aborted; tried++) {
		const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
		try {
			const { data, errors } = await client.executeAdapted(
				(dialect) => ({ document: structureDocument(dialect), signal: limit }),
				{ repeatable: true },
			);
			if (errors.length === 0) return { structure: Structure.read(data) };
			reason = errors.map(({ message }) => message).join('; ');
		} catch (error) {
			reason = limit.aborted ? TOO_SLOW : asFailure(error).message;
		}
		if (tried < TRIES) await pause(RETRY_MS, signal);
	}
	return { missing: reason };
}

function structureOf(structure: Structure, kind: EventKind, { row }: PicoEvent): Row {
	const id = asText(row[kind.changedOperation ?? '']);
	if (!id) return lacks('the event names no operation');
	if (!structure.has(id)) return lacks(`Pico does not list the operation ${id}`);
	const { root, warnings } = structure.below(id);
	return { structure: { ...asTree(root), warnings } };
}

function lacks(reason: string): Row {
	return { structure: null, structureMissing: reason };
}
