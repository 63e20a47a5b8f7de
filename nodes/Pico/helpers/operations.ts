import type { Dialect } from '../../shared/api/dialect/dialect';
import { operationsDocument, type Where } from '../../shared/api/documents/reads';
import { rowsOf } from '../../shared/events/event';
import { asText } from '../../shared/events/read';
import type { Row } from '../../shared/events/types';

/** What names an operation: a product, a subassembly or a process. */
export interface OperationRef {
	id: string;
	partNumber: string | null;
	revision: string | null;
	name: string | null;
	variant: string | null;
	archived: boolean;
}

export const REF_FIELDS = ['id', 'externalId', 'externalRevision', 'variantName', 'name', 'archivedAt'];

export const isArchived = (row: Row) => row.archivedAt !== null && row.archivedAt !== undefined;

export function refsDocument(where?: Where) {
	return (dialect: Dialect) => operationsDocument(dialect, where, REF_FIELDS);
}

/** Operations of an answer that have an id (Pico's schema lets it be null); without one nothing can be ordered. */
export function readRefs(data: Record<string, unknown>): OperationRef[] {
	const refs: OperationRef[] = [];
	for (const row of rowsOf(data.operations).rows) {
		const id = asText(row.id);
		if (!id) continue;
		refs.push({
			id,
			partNumber: asText(row.externalId),
			revision: asText(row.externalRevision),
			name: asText(row.name),
			variant: asText(row.variantName),
			archived: isArchived(row),
		});
	}
	return refs;
}

/** Those with a part number: as it was typed, else those that differ only in blanks at an end, which nobody sees. */
export function byPartNumber(refs: readonly OperationRef[], typed: string): OperationRef[] {
	const exact = refs.filter((ref) => ref.partNumber === typed);
	return exact.length > 0 ? exact : refs.filter((ref) => ref.partNumber?.trim() === typed.trim());
}

/** One line that tells operations apart, such as `PUMP-100 rev B, Coolant Pump, 230 V`. */
export function describe({ partNumber, revision, name, variant, archived }: OperationRef): string {
	const part = [partNumber, revision && `rev ${revision}`].filter(Boolean).join(' ');
	return [part, name, variant, archived && 'archived'].filter(Boolean).join(', ');
}

export function describeWithId(ref: OperationRef): string {
	return `${describe(ref)} (ID ${ref.id})`;
}
