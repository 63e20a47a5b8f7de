import { PicoFailure } from '../../shared/api/failure';
import { closest } from './closest';
import { byPartNumber, describeWithId, readRefs, refsDocument, type OperationRef } from './operations';
import { asEntered, refuse } from './parameters';
import { PICKER, readLocator } from './picker';
import type { Run } from './run';

/** The operation that an item means. */
export interface Resolved {
	id: string;
	/** `undefined` where the operation was not looked up; see `partNumberOf`. */
	partNumber?: string | null;
	/** As the person who chose it knows it. */
	label: string;
}

/** A filter with more part numbers than this is longer than the list of all operations is worth. */
const LONGEST_FILTER = 500;
const SHOWN = 8;

/**
 * The operation of the picker. Part numbers of all items are looked up with one query for the whole execution.
 *
 * @throws PicoFailure when nothing was picked, or the part number is unknown or not unique
 */
export async function resolveOperation(run: Run, item: number): Promise<Resolved> {
	const { mode, value, typed, shown } = readLocator(run.parameter('operationId', item, ''));
	if (value === '') {
		throw refuse(PICKER, 'is empty', mode === 'partNumber' ? 'Enter a part number.' : 'Choose an operation or enter its ID.');
	}
	if (mode !== 'partNumber') return { id: value, label: shown ? `'${shown}'` : `the ID '${value}'` };
	const revision = asEntered(run.parameter('revision', item, '')).trim();
	const known = await run.once('part numbers', async () => await lookUpAll(run));
	const candidates = byPartNumber(known, typed);
	// A server that filters by the part number as it was typed does not find one with a blank at an end.
	return await pick(run, candidates.length > 0 ? candidates : byPartNumber(await allOperations(run), typed), value, revision);
}

/** For the output: an operation that was chosen by list or ID is looked up once; no answer fails nothing. */
export async function partNumberOf(run: Run, { id, partNumber }: Resolved): Promise<string | null> {
	if (partNumber !== undefined) return partNumber;
	try {
		return await run.once(`part number of ${id}`, async () => {
			const refs = readRefs(await run.read(refsDocument({ id: { _eq: id } })));
			return refs.find((ref) => ref.id === id)?.partNumber ?? null;
		});
	} catch {
		return null;
	}
}

/** The failure for an ID that Pico does not list. */
export function unknownId(id: string): PicoFailure {
	return new PicoFailure('input', `'${PICKER}': Pico has no operation with the ID '${id}'`, {
		hint: 'Choose an operation from the list, or use its part number.',
		parameter: PICKER,
	});
}

async function pick(run: Run, candidates: OperationRef[], partNumber: string, revision: string): Promise<Resolved> {
	const fitting = candidates.filter((ref) => revision === '' || ref.revision === revision);
	const active = fitting.filter((ref) => !ref.archived);
	const chosen = active.length > 0 ? active : fitting;
	const asked = revision === '' ? `the part number '${partNumber}'` : `the part number '${partNumber}' in revision '${revision}'`;
	if (chosen.length === 1) return { ...chosen[0], label: asked };
	if (chosen.length > 1) {
		const list = chosen.slice(0, SHOWN).map(describeWithId).join('; ');
		const more = chosen.length > SHOWN ? `; and ${chosen.length - SHOWN} more` : '';
		const tellApart = new Set(chosen.map((ref) => ref.revision)).size > 1 ? "Set 'Revision', or choose by ID." : 'Choose by ID.';
		throw new PicoFailure('input', `'${PICKER}': ${chosen.length} operations have ${asked}`, {
			hint: `${tellApart} Matches: ${list}${more}.`,
			parameter: PICKER,
			facts: { matches: chosen.map(({ id, partNumber: part, revision: rev, name }) => ({ operationId: id, partNumber: part, revision: rev, name })) },
		});
	}
	throw new PicoFailure('input', `'${PICKER}': Pico has no operation with ${asked}`, {
		hint: await suggestion(run, candidates, partNumber),
		parameter: PICKER,
	});
}

async function suggestion(run: Run, otherRevisions: OperationRef[], partNumber: string): Promise<string> {
	if (otherRevisions.length > 0) {
		return `Available revisions: ${otherRevisions.slice(0, SHOWN).map(describeWithId).join('; ')}.`;
	}
	const all = await allOperations(run);
	const close = closest(partNumber, all.filter((ref) => ref.partNumber !== null && !ref.archived), (ref) => ref.partNumber ?? '');
	const unlike = 'Only operations that are deployed in Pico can be found.';
	return close.length > 0 ? `Did you mean ${close.map(describeWithId).join('; or ')}?` : unlike;
}

async function allOperations(run: Run): Promise<OperationRef[]> {
	return await run.once('all operations', async () => readRefs(await run.read(refsDocument())));
}

/** The operations with a part number that some item asks for. */
async function lookUpAll(run: Run): Promise<OperationRef[]> {
	const wanted = partNumbersOf(run);
	const where = wanted.length <= LONGEST_FILTER ? { externalId: { _in: wanted } } : undefined;
	return readRefs(await run.read(refsDocument(where)));
}

function partNumbersOf(run: Run): string[] {
	const found = new Set<string>();
	for (let item = 0; item < run.itemCount; item++) {
		const { mode, value, typed } = readLocator(quietly(() => run.parameter('operationId', item, '')));
		if (mode === 'partNumber' && value !== '') found.add(typed).add(value);
	}
	return [...found];
}

/** An expression that cannot be read stops its own item later, not the lookup for the others. */
function quietly(read: () => unknown): unknown {
	try {
		return read();
	} catch {
		return undefined;
	}
}
