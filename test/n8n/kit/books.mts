import { table } from '../../../demo/lib/table.mts';

/** Serials and lots of the components of a unit, by part number. */
export type Components = Record<string, string[]>;

/** A unit that Pico says is finished. */
export interface Completion {
	/** Names the unit in both books, e.g. `unitKey(orderId, orderIndex)` or the event id: whatever the ERP keeps. */
	key: string;
	orderId: string;
	serial: string | null;
	components: Components;
}

/** A unit that the ERP has booked. */
export interface Posting {
	key: string;
	/** Left out where the ERP does not keep it for each unit: then it is not compared. */
	serial?: string | null;
	/** As `serial`. */
	components?: Components;
}

export type Verdict = 'posted' | 'parked' | 'missing' | 'twice' | 'wrong serial' | 'wrong components' | 'unknown';

export interface Line {
	key: string;
	orderId: string;
	verdict: Verdict;
	/** What differs, in words; empty when all is well. */
	difference: string;
}

export interface Books {
	/** One for each unit of Pico, then those that only the ERP has. */
	lines: Line[];
	/** How many lines have each verdict. */
	count: Record<Verdict, number>;
	/** Lines that must not be: everything but `posted` and `parked`. */
	wrong: Line[];
}

export interface Sides {
	completions: readonly Completion[];
	postings: readonly Posting[];
	/** Keys of the units that wait in the table of failed events. */
	parked?: readonly string[];
}

/** The same name for a unit in all books. */
export const unitKey = (orderId: string, orderIndex: number): string => `${orderId} unit ${orderIndex + 1}`;

/**
 * Compares what Pico completed with what the ERP booked. A parked unit counts as parked only while the ERP does not
 * have it; one completion that Pico reports twice (a correction) is one unit, the later one counts.
 */
export function compareBooks({ completions, postings, parked = [] }: Sides): Books {
	const booked = new Map<string, Posting[]>();
	for (const posting of postings) booked.set(posting.key, [...(booked.get(posting.key) ?? []), posting]);
	const waiting = new Set(parked);
	const units = new Map(completions.map((completion) => [completion.key, completion]));
	const lines = [...units.values()].map((unit) => judge(unit, booked.get(unit.key) ?? [], waiting.has(unit.key)));
	for (const [key, found] of booked) {
		if (!units.has(key)) lines.push({ key, orderId: '', verdict: 'unknown', difference: `${found.length} in the ERP, none in Pico` });
	}
	return { lines, count: countOf(lines), wrong: lines.filter(({ verdict }) => verdict !== 'posted' && verdict !== 'parked') };
}

function judge(unit: Completion, postings: readonly Posting[], parked: boolean): Line {
	const line = (verdict: Verdict, difference = ''): Line => ({ key: unit.key, orderId: unit.orderId, verdict, difference });
	if (postings.length === 0) return parked ? line('parked') : line('missing', 'not in the ERP');
	if (postings.length > 1) return line('twice', `${postings.length} times in the ERP`);
	const [{ serial, components }] = postings;
	if (serial !== undefined && serial !== unit.serial) return line('wrong serial', `${unit.serial} in Pico, ${serial} in the ERP`);
	if (components === undefined || textOf(components) === textOf(unit.components)) return line('posted');
	return line('wrong components', `${textOf(unit.components)} in Pico, ${textOf(components)} in the ERP`);
}

/** The same text for the same components, in whatever order they were listed. */
function textOf(components: Components): string {
	const parts = Object.entries(components).filter(([, serials]) => serials.length > 0);
	return parts.map(([part, serials]) => `${part}: ${[...serials].sort().join(', ')}`).sort().join('; ') || 'none';
}

function countOf(lines: readonly Line[]): Books['count'] {
	const count = { posted: 0, parked: 0, missing: 0, twice: 0, 'wrong serial': 0, 'wrong components': 0, unknown: 0 };
	for (const { verdict } of lines) count[verdict]++;
	return count;
}

/** For the log of a test run: how many of each verdict, then the first lines that are not simply posted. */
export function booksTable(title: string, { lines, count }: Books, most = 20): string {
	const rows = Object.entries(count).map(([verdict, units]) => [verdict, String(units)]);
	const summary = table([[title, 'units'], ...rows, ['all units', String(lines.length)]]);
	const others = lines.filter(({ verdict }) => verdict !== 'posted').slice(0, most);
	if (others.length === 0) return summary;
	const details = others.map(({ key, verdict, difference }) => [key, verdict, difference]);
	return `${summary}\n\n${table([['unit', 'verdict', 'difference'], ...details])}`;
}
