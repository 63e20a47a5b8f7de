import type { Row } from './row.mts';
import type { Series } from './stats.mts';

/** Rows as columns of text: number, measure, ours, peer, its name, result, target, verdict; and the notes they point to. */
export function cellsOf(rows: readonly Row[], quick: boolean): { lines: string[][]; notes: string[] } {
	const notes: string[] = [];
	const lines = rows.map((row) => {
		const marks = (row.notes ?? []).map((note) => `[${notes.push(note)}]`).join('');
		return [
			row.p ?? '',
			`${row.what} ${marks}`.trim(),
			shown(row.ours, row.unit),
			row.peer ? shown(row.peer, row.unit) : '',
			row.peer?.name ?? '',
			row.shown,
			row.target?.text ?? '',
			verdict(row, quick),
		];
	});
	return { lines, notes };
}

function verdict({ target }: Row, quick: boolean): string {
	if (!target) return '';
	const word = target.met ? 'met' : 'MISSED';
	return quick ? `quick: ${word}` : word;
}

/** Median, and the lowest and highest value where there are several. */
function shown({ median, min, max }: Series, unit: string): string {
	const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2;
	const spread = min === max ? '' : ` (${min.toFixed(digits)}..${max.toFixed(digits)})`;
	return `${median.toFixed(digits)}${spread} ${unit}`;
}
