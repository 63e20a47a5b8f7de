/** Eryxon takes up to 1,000 records in one call. */
export const MOST_PER_CALL = 1_000;

export function chunksOf<T>(list: readonly T[], size: number): T[][] {
	const chunks: T[][] = [];
	for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
	return chunks;
}

/** Cuts a list where a call would hold more than `most` entries, or their texts more than `letters` in all. */
export function chunksByLength<T>(list: readonly T[], textOf: (entry: T) => string, most: number, letters: number): T[][] {
	const chunks: T[][] = [];
	let current: T[] = [];
	let length = 0;
	for (const entry of list) {
		const own = encodeURIComponent(textOf(entry)).length + 1;
		if (current.length > 0 && (current.length >= most || length + own > letters)) {
			chunks.push(current);
			current = [];
			length = 0;
		}
		current.push(entry);
		length += own;
	}
	if (current.length > 0) chunks.push(current);
	return chunks;
}

/** A record that has to wait for others of the same run. */
export interface Waiting {
	key: string;
	/** Keys of records that have to be stored before this one. */
	after: readonly string[];
}

/**
 * Sorts records into rounds: a parent goes before its children, and of two records with one key the later one goes
 * later, so that it wins as it would one by one. Within a round the order of the input stays.
 *
 * @returns indices, round by round, and those that wait for each other for ever
 */
export function roundsOf(records: readonly Waiting[]): { rounds: number[][]; circular: number[] } {
	const byKey = new Map<string, number[]>();
	records.forEach(({ key }, index) => byKey.set(key, [...(byKey.get(key) ?? []), index]));
	const round: number[] = Array.from({ length: records.length }, () => -1);
	const circular = new Set<number>();
	for (let start = 0; start < records.length; start++) {
		const path: number[] = [];
		const visit = (index: number): number => {
			if (round[index] >= 0) return round[index];
			if (path.includes(index)) {
				for (const each of path.slice(path.indexOf(index))) circular.add(each);
				return 0;
			}
			path.push(index);
			const same = byKey.get(records[index].key) ?? [];
			const earlier = same[same.indexOf(index) - 1];
			const before = [...(earlier === undefined ? [] : [earlier]), ...records[index].after.flatMap((key) => byKey.get(key)?.[0] ?? [])];
			const depth = before.reduce((deepest, each) => Math.max(deepest, visit(each) + 1), 0);
			path.pop();
			return (round[index] = depth);
		};
		visit(start);
	}
	const rounds: number[][] = [];
	round.forEach((number, index) => {
		if (!circular.has(index)) (rounds[number] ??= []).push(index);
	});
	return { rounds: rounds.filter(Boolean), circular: [...circular].sort((a, b) => a - b) };
}
