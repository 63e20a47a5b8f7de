const FEW = 4;

/** The entries whose text is most like `text`: equal but for case and separators, one inside the other, or a typing slip. */
export function closest<T>(text: string, entries: readonly T[], textOf: (entry: T) => string): T[] {
	const wanted = plain(text);
	return entries
		.map((entry) => ({ entry, distance: unlikeness(wanted, plain(textOf(entry))) }))
		.filter(({ distance }) => distance <= 2)
		.sort((a, b) => a.distance - b.distance)
		.slice(0, FEW)
		.map(({ entry }) => entry);
}

function plain(text: string): string {
	return text.toLowerCase().replace(/[\s\-_./|]+/g, '');
}

function unlikeness(a: string, b: string): number {
	if (a === b) return 0;
	if (a.length >= 3 && b.length >= 3 && (a.includes(b) || b.includes(a))) return 1;
	return Math.abs(a.length - b.length) > 2 || a.length < 3 ? Number.POSITIVE_INFINITY : edits(a, b);
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const above = row;
		row = [i];
		for (let j = 1; j <= b.length; j++) {
			row[j] = Math.min(row[j - 1] + 1, above[j] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
		}
	}
	return row[b.length];
}
