import { PicoFailure } from '../../shared/api/failure';
import { closest } from './closest';
import { describeWithId, readRefs, refsDocument, type OperationRef } from './operations';
import { asEntered, refuse } from './parameters';
import { PICKER, readLocator } from './picker';
import type { Run } from './run';

/** The operation that an item means. What only a lookup would tell is `null` where an id was given. */
export type Resolved = Pick<OperationRef, 'id' | 'partNumber' | 'revision' | 'name'>;

/** A filter with more part numbers than this is longer than the list of all operations is worth. */
const LONGEST_FILTER = 500;
const SHOWN = 8;

/**
 * The operation of the picker. Part numbers of all items are looked up with one query for the whole execution.
 *
 * @throws PicoFailure when nothing was picked, or the part number is unknown or not unique
 */
export async function resolveOperation(run: Run, item: number): Promise<Resolved> {
	const { mode, value } = readLocator(run.parameter('operationId', item, ''));
	if (value === '') {
		throw refuse(PICKER, 'is empty', mode === 'partNumber' ? 'Enter a part number.' : 'Choose an operation or enter its ID.');
	}
	if (mode !== 'partNumber') return { id: value, partNumber: null, revision: null, name: null };
	const revision = asEntered(run.parameter('revision', item, '')).trim();
	const known = await run.once('part numbers', async () => await lookUpAll(run));
	return await pick(run, known.get(value) ?? [], value, revision);
}

async function pick(run: Run, candidates: OperationRef[], partNumber: string, revision: string): Promise<Resolved> {
	const fitting = candidates.filter((ref) => revision === '' || ref.revision === revision);
	const active = fitting.filter((ref) => !ref.archived);
	const chosen = active.length > 0 ? active : fitting;
	if (chosen.length === 1) return chosen[0];
	const asked = revision === '' ? `the part number '${partNumber}'` : `the part number '${partNumber}' in revision '${revision}'`;
	if (chosen.length > 1) {
		const list = chosen.slice(0, SHOWN).map(describeWithId).join('; ');
		const more = chosen.length > SHOWN ? `; and ${chosen.length - SHOWN} more` : '';
		const tellApart = new Set(chosen.map((ref) => ref.revision)).size > 1 ? "Set 'Revision', or choose by ID." : 'Choose by ID.';
		throw new PicoFailure('input', `'${PICKER}': ${chosen.length} operations have ${asked}`, {
			hint: `${tellApart} They are: ${list}${more}.`,
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
		return `Revisions there are: ${otherRevisions.slice(0, SHOWN).map(describeWithId).join('; ')}.`;
	}
	const all = await run.once('all operations', async () => readRefs(await run.read(refsDocument())));
	const close = closest(partNumber, all.filter((ref) => ref.partNumber !== null && !ref.archived), (ref) => ref.partNumber ?? '');
	const unlike = 'Only operations that are deployed in Pico can be found.';
	return close.length > 0 ? `Did you mean ${close.map(describeWithId).join('; or ')}?` : unlike;
}

async function lookUpAll(run: Run): Promise<Map<string, OperationRef[]>> {
	const wanted = partNumbersOf(run);
	const where = wanted.length <= LONGEST_FILTER ? { externalId: { _in: wanted } } : undefined;
	const byPartNumber = new Map<string, OperationRef[]>();
	for (const ref of readRefs(await run.read(refsDocument(where)))) {
		if (ref.partNumber === null) continue;
		const same = byPartNumber.get(ref.partNumber);
		if (same) same.push(ref);
		else byPartNumber.set(ref.partNumber, [ref]);
	}
	return byPartNumber;
}

function partNumbersOf(run: Run): string[] {
	const found = new Set<string>();
	for (let item = 0; item < run.itemCount; item++) {
		const { mode, value } = readLocator(quietly(() => run.parameter('operationId', item, '')));
		if (mode === 'partNumber' && value !== '') found.add(value);
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
