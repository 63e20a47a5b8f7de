import type { PicoEvent } from './event';
import { linesOf, simplifyLine } from './lines';
import type { EventKind, Row } from './types';

export type OutputMode = 'simplified' | 'raw' | 'fields';

/** How rows of one kind are shown. */
export interface Output {
	mode: OutputMode;
	/** First-level fields of 'Selected Fields'. */
	fields?: readonly string[];
}

/** How a row is shown: a function, so that a choice is made once for thousands of rows. */
export function shaper(kind: EventKind, { mode, fields = [] }: Output): (row: Row) => Row {
	if (mode === 'simplified') return (row) => kind.simplify(row);
	if (mode === 'raw') return (row) => kind.normalise(row);
	const names = [...new Set([...kind.namedBy, ...fields])];
	return (row) => {
		const normal = kind.normalise(row);
		return Object.fromEntries(names.map((name) => [name, normal[name] ?? null]));
	};
}

/** What an event is shown as: one row, or one for each consumed serial. */
export function eventShaper(kind: EventKind, output: Output, perSerial: boolean): (event: PicoEvent) => Row[] {
	if (!perSerial) {
		const shape = shaper(kind, output);
		return ({ id, row }) => [withId({ eventId: id }, shape(row))];
	}
	// A line without its serial would be pointless, so that field comes along with the chosen ones.
	const fields = [...(output.fields ?? []), 'operationSummary'];
	const shape = output.mode === 'simplified' ? simplifyLine : shaper(kind, { ...output, fields });
	return (event) => linesOf(event).map(({ row, line }) => withId({ eventId: event.id, line }, shape(row)));
}

/** The id stands first, and nothing that a server sends takes its place. */
function withId(id: Row, row: Row): Row {
	return { ...id, ...row, ...id };
}
