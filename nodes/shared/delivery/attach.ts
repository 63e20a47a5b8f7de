import type { PicoClient } from '../api/client';
import { structureDocument } from '../api/documents/reads';
import { asFailure, PicoFailure } from '../api/failure';
import { deadline } from '../api/pause';
import { RETRY, retrying } from '../api/retry';
import { asTree } from '../api/structure/output';
import { Structure } from '../api/structure/structure';
import type { PicoEvent } from '../events/event';
import { asText } from '../events/read';
import type { EventKind, Row } from '../events/types';

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
	return events.map((event) => {
		if ('missing' in read) return withoutStructure(read.missing);
		try {
			return structureOf(read.structure, kind, event);
		} catch (error) {
			return withoutStructure(asFailure(error).message);
		}
	});
}

/** The same two fields for an event that was made up. */
export function sampleStructure(): Row {
	return withoutStructure('this is a sample event');
}

async function readStructure(client: PicoClient, signal: AbortSignal): Promise<{ structure: Structure } | { missing: string }> {
	if (signal.aborted) return { missing: TOO_SLOW };
	try {
		return { structure: await retrying(RETRY.structure, async () => await askOnce(client, signal), { signal, isWorthIt: () => true }) };
	} catch (error) {
		return { missing: asFailure(error).message };
	}
}

async function askOnce(client: PicoClient, signal: AbortSignal): Promise<Structure> {
	const limit = deadline(ANSWER_WITHIN_MS, new PicoFailure('timeout', TOO_SLOW), signal);
	try {
		const { data, errors } = await client.executeAdapted(
			(dialect) => ({ document: structureDocument(dialect), signal: limit.signal }),
			{ repeatable: false },
		);
		if (errors.length > 0) throw new PicoFailure('graphql', errors.map(({ message }) => message).join('; '));
		return Structure.read(data);
	} catch (error) {
		throw limit.signal.aborted ? new PicoFailure('timeout', TOO_SLOW) : asFailure(error);
	} finally {
		limit.stop();
	}
}

function structureOf(structure: Structure, kind: EventKind, { row }: PicoEvent): Row {
	const id = asText(row[kind.changedOperation ?? '']);
	if (!id) return withoutStructure('the event names no operation');
	if (!structure.has(id)) return withoutStructure(`Pico does not list the operation ${id}`);
	const { root, warnings } = structure.below(id);
	return { structure: { ...asTree(root), warnings } };
}

/** The fields of an event whose structure cannot be attached. */
export function withoutStructure(reason: string): Row {
	return { structure: null, structureMissing: reason };
}
