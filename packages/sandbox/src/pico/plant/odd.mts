/**
 * Rows that leave the sandbox in a way that no schema allows. Servers send such rows all the same, and clients must
 * survive them. Kept beside the rows, so that nothing else has to know of them.
 */
export type Odd =
	/** JSON text that goes out in place of the row, whatever was asked for. Text, since JavaScript cannot write all JSON. */
	| { kind: 'raw'; number: number; text: string }
	/** The server fails to load this field of the row; without a field, the row as a whole. */
	| { kind: 'unresolved'; field?: string };

const odd = new WeakMap<object, Odd>();

export const oddityOf = (row: object): Odd | undefined => odd.get(row);

export function markOdd<T extends object>(row: T, oddity: Odd): T {
	odd.set(row, oddity);
	return row;
}

const placeholder = (number: number) => `raw row ${number} of the sandbox`;

/** What stands for a raw row until the frame around it is text. */
export const standIn = (row: object): string | undefined => {
	const oddity = odd.get(row);
	return oddity?.kind === 'raw' ? placeholder(oddity.number) : undefined;
};

/** Puts raw rows into the text of a frame. */
export function insertRaw(text: string, rawRows: readonly string[]): string {
	if (rawRows.length === 0) return text;
	return text.replace(/"raw row (\d+) of the sandbox"/g, (all, number: string) => rawRows[Number(number)] ?? all);
}
