import { short, times } from './numbers.mts';
import { scaleFor } from './scale.mts';
import { AXIS, card, GRID, heading, INK, line, PADDING, SOFT, tag, text, widthOf, wrapped, type Head } from './svg.mts';

export interface RatioRow {
	/** 'P3 Replay of 100,000 events, beside paging' */
	name: string;
	/** Ours divided by the peer's, above zero; a value without a peer is given divided by its target (the limit is then 1). */
	ratio: number;
	/** Lowest and highest of the runs, drawn as a thin line. */
	spread?: [number, number];
	/** No target: shown for its own sake, neither met nor missed. */
	target?: { sense: 'at most' | 'at least'; limit: number };
	/** What stands beside the bar; the ratio unless told ('12.3 KiB'). */
	shown?: string;
}

export interface RatioChart extends Head {
	rows: RatioRow[];
	/** What the ratios are; 'Ours divided by the peer (log)' unless told. */
	axis?: string;
	width?: number;
}

const MET = '#0f62ab';
const MISSED = '#b3490a';
const NEUTRAL = '#7b8794';
const SIZE = 12;
const BAR = 16;
const ROW_LEAST = 34;
const LINE = 15;

export const met = ({ ratio, target }: RatioRow) =>
	target === undefined ? undefined : target.sense === 'at most' ? ratio <= target.limit : ratio >= target.limit;

/**
 * Bars from 1× to the measured ratio on a log axis, with the target as a tick. Met and missed differ by colour, by
 * filling (solid, striped) and by word.
 */
export function ratioChart({ rows, axis = 'Ours divided by the peer (log)', width = 860, ...head }: RatioChart): string {
	const { content, below } = heading(head, width);
	const nameWidth = Math.min(290, Math.max(...rows.map(({ name }) => widthOf(name, SIZE))) + 8);
	const told = rows.map((row) => verdict(row));
	const toldWidth = Math.max(...told.map((words) => Math.max(...words.map((word) => widthOf(word, SIZE)))));
	const [left, right] = [PADDING + nameWidth + 12, width - PADDING - toldWidth - 16];
	const values = rows.flatMap(({ ratio, spread = [ratio, ratio], target }) => [ratio, ...spread, target?.limit ?? 1, 1]);
	const scale = scaleFor('log', values.filter((value) => value > 0), left, right);
	// A difference of two memories can be negative, for which a logarithm has no place: it ends at the edge.
	const place = (value: number) => scale.place(Math.max(value, scale.domain[0]));
	const top = below + 48;

	let y = top;
	let bars = '';
	for (const [index, row] of rows.entries()) {
		const names = wrapped(row.name, nameWidth, SIZE);
		const height = Math.max(ROW_LEAST, names.length * LINE + 10);
		const middle = y + height / 2;
		if (index > 0) bars += line(PADDING, y, width - PADDING, y, { stroke: GRID });
		bars += rowsOfText(names, PADDING, middle, INK) + drawBar(row, place, middle);
		bars += rowsOfText(told[index], right + 16, middle, colourFor(row));
		y += height;
	}
	let grid = '';
	let free = -Infinity;
	for (const tick of scale.ticks) {
		const at = scale.place(tick);
		const label = `${short(tick)}×`;
		grid += line(at, top - 4, at, y, { stroke: tick === 1 ? AXIS : GRID, 'stroke-width': tick === 1 ? 1.5 : 1 });
		if (at - widthOf(label) / 2 < free) continue;
		grid += text(at, top - 10, label, { anchor: 'middle', fill: SOFT });
		free = at + widthOf(label) / 2 + 4;
	}
	const stripes = tag(
		'defs',
		{},
		tag(
			'pattern',
			{ id: 'missed', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
			tag('rect', { width: 6, height: 6, fill: '#f6d3bb' }) + tag('rect', { width: 3, height: 6, fill: MISSED }),
		),
	);
	const label = text((left + right) / 2, top - 30, axis, { anchor: 'middle' });
	return card(width, y + 32 + PADDING, head, stripes + content + label + grid + bars + legend(y + 20));
}

function verdict(row: RatioRow): string[] {
	const value = row.shown ?? times(row.ratio);
	const isMet = met(row);
	if (isMet === undefined || row.target === undefined) return [value];
	const sign = row.target.sense === 'at most' ? '≤' : '≥';
	return [value, `${isMet ? '✓ met' : '✗ missed'} (${sign} ${row.target.limit.toLocaleString('en-US')}×)`];
}

const rowsOfText = (rows: string[], x: number, middle: number, fill: string) =>
	rows
		.map((row, index) => text(x, middle + 4 + (index - (rows.length - 1) / 2) * LINE, row, { size: SIZE, fill }))
		.join('');

function colourFor(row: RatioRow): string {
	const isMet = met(row);
	return isMet === undefined ? SOFT : isMet ? MET : MISSED;
}

function bar(isMet: boolean | undefined, x: number, y: number, width: number): string {
	const fill = isMet === undefined ? NEUTRAL : isMet ? MET : 'url(#missed)';
	const stroke = isMet === undefined ? NEUTRAL : isMet ? MET : MISSED;
	return tag('rect', { x, y, width, height: BAR, fill, stroke });
}

function drawBar(row: RatioRow, place: (value: number) => number, middle: number): string {
	const [one, end] = [place(1), place(row.ratio)];
	// A ratio of one has no length; a sliver shows where it stands.
	const width = Math.max(3, Math.abs(end - one));
	let content = bar(met(row), Math.min(one, end) - (Math.abs(end - one) < 3 ? 1.5 : 0), middle - BAR / 2, width);
	if (row.spread) {
		const [low, high] = [place(row.spread[0]), place(row.spread[1])];
		content += line(low, middle, high, middle, { stroke: '#ffffff', 'stroke-width': 4 }) + line(low, middle, high, middle, { stroke: INK, 'stroke-width': 1.5 });
		for (const at of [low, high]) content += line(at, middle - 4, at, middle + 4, { stroke: INK, 'stroke-width': 1.5 });
	}
	if (row.target) content += targetTick(place(row.target.limit), middle, row.target.sense);
	return content;
}

/** A tick with an arrow to the side on which the target is met. */
function targetTick(x: number, middle: number, sense: 'at most' | 'at least'): string {
	const towards = sense === 'at most' ? -6 : 6;
	const tip = middle - BAR / 2 - 4;
	return (
		line(x, middle - BAR / 2 - 7, x, middle + BAR / 2 + 4, { stroke: INK, 'stroke-width': 2.5 }) +
		tag('path', { d: `M${x.toFixed(1)} ${(tip - 3).toFixed(1)}l${towards} 3l${-towards} 3z`, fill: INK })
	);
}

function legend(y: number): string {
	let x = PADDING;
	let content = '';
	for (const [name, isMet] of [
		['target met', true],
		['target missed', false],
	] as const) {
		content += bar(isMet, x, y - 4, 22) + text(x + 30, y + 8, name, { fill: SOFT });
		x += 44 + widthOf(name);
	}
	return content + targetTick(x + 6, y + 5, 'at least') + text(x + 20, y + 8, 'target, the arrow to the side that meets it', { fill: SOFT });
}
