import { fittedAt, type Fit, type Point } from './fit.mts';
import { colourOf, mark } from './marks.mts';
import { short } from './numbers.mts';
import { scaleFor, type Scale, type ScaleKind } from './scale.mts';
import { AXIS, GRID, line, SOFT, tag, text, widthOf, wrapped } from './svg.mts';

export interface Axis {
	/** What is counted, with its unit: 'Events', 'Time, seconds'. */
	label: string;
	scale: ScaleKind;
	/** How a tick is written; 1k, 10k, 1M unless told. */
	shown?: (value: number) => string;
}

export interface SeriesPoint extends Point {
	/** Lowest and highest value measured, drawn as a thin line through the point. */
	low?: number;
	high?: number;
}

export interface Series {
	name: string;
	points: SeriesPoint[];
	/** Drawn dashed, over the range of the points. */
	fit?: Fit;
	/** What the legend says after the name; the exponent or slope of the fit unless told. */
	note?: string;
}

export interface Panel {
	/** Says which of several this is. */
	title?: string;
	x: Axis;
	y: Axis;
	series: Series[];
}

export interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Above this many points only the line is drawn. */
const MOST_MARKS = 40;
const LEGEND_ROW = 18;
const LEFT = 62;
const RIGHT = 18;
const BELOW = 44;
const STEPS = 60;

export const legendHeight = (panel: Panel) =>
	(panel.title ? 20 : 0) + panel.series.length * LEGEND_ROW + (leftOut(panel) ? LEGEND_ROW : 0) + 20;

/** One plot with its axes and a legend above it. */
export function drawPanel(panel: Panel, box: Box): string {
	const top = box.y + legendHeight(panel);
	const [left, right, bottom] = [box.x + LEFT, box.x + box.width - RIGHT, box.y + box.height - BELOW];
	const series = panel.series.map((one) => ({ ...one, points: one.points.filter((point) => drawable(panel, point)) }));
	const points = series.flatMap((one) => one.points);
	if (points.length === 0) return legend(panel, box) + text((left + right) / 2, (top + bottom) / 2, 'No values', { anchor: 'middle', fill: SOFT });
	const heights = points.flatMap(({ y, low = y, high = y }) => [y, low, high]).filter((y) => panel.y.scale === 'linear' || y > 0);
	const x = scaleFor(panel.x.scale, points.map((point) => point.x), left, right);
	const y = scaleFor(panel.y.scale, heights, bottom, top);
	return legend(panel, box) + axes(panel, x, y, { left, right, top, bottom }) + series.map((one, index) => drawSeries(one, index, x, y)).join('');
}

function drawable({ x, y }: Panel, point: Point): boolean {
	const fits = (axis: Axis, value: number) => Number.isFinite(value) && (axis.scale === 'linear' || value > 0);
	return fits(x, point.x) && fits(y, point.y);
}

const leftOut = (panel: Panel) =>
	panel.series.flatMap(({ points }) => points).filter((point) => !drawable(panel, point)).length;

function legend(panel: Panel, box: Box): string {
	let y = box.y + 10;
	let content = '';
	if (panel.title) {
		content += text(box.x, y + 2, panel.title, { size: 14, weight: '600' });
		y += 20;
	}
	for (const [index, one] of panel.series.entries()) {
		const note = one.note ?? (one.fit ? described(one.fit) : '');
		content += line(box.x, y - 4, box.x + 24, y - 4, { stroke: colourOf(index), 'stroke-width': 2 });
		content += mark(index, box.x + 12, y - 4) + text(box.x + 32, y, one.name);
		if (note) content += text(box.x + 46 + widthOf(one.name), y, note, { fill: SOFT });
		y += LEGEND_ROW;
	}
	const missing = leftOut(panel);
	if (missing > 0) content += text(box.x + 32, y, `${missing} at or below zero, not on this axis`, { fill: SOFT });
	return content;
}

function described(fit: Fit): string {
	const quality = `r² ${fit.r2.toFixed(3)}`;
	return fit.kind === 'power' ? `fitted: n^${fit.exponent.toFixed(2)}, ${quality}` : `fitted: ${fit.slope < 0 ? '' : '+'}${short(fit.slope)} for each 1 to the right, ${quality}`;
}

interface Edges {
	left: number;
	right: number;
	top: number;
	bottom: number;
}

function axes(panel: Panel, x: Scale, y: Scale, { left, right, top, bottom }: Edges): string {
	let content = '';
	for (const tick of y.ticks) {
		const at = y.place(tick);
		content += line(left, at, right, at, { stroke: GRID });
		content += text(left - 8, at + 4, (panel.y.shown ?? short)(tick), { anchor: 'end', fill: SOFT });
	}
	let free = -Infinity;
	for (const tick of x.ticks) {
		const at = x.place(tick);
		const label = (panel.x.shown ?? short)(tick);
		const half = widthOf(label) / 2;
		content += line(at, top, at, bottom, { stroke: GRID }) + line(at, bottom, at, bottom + 4);
		// A label that would touch the one before is left out; its line stays.
		if (at - half < free) continue;
		content += text(at, bottom + 18, label, { anchor: 'middle', fill: SOFT });
		free = at + half + 6;
	}
	content += line(left, bottom, right, bottom) + line(left, top, left, bottom, { stroke: AXIS });
	content += text((left + right) / 2, bottom + 37, panel.x.label + hint(panel.x), { anchor: 'middle' });
	const [name] = wrapped(panel.y.label + hint(panel.y), 10_000);
	const middle = (top + bottom) / 2;
	const turned = left - 48;
	return content + text(turned, middle, name, { anchor: 'middle', transform: `rotate(-90 ${Math.round(turned)} ${Math.round(middle)})` });
}

const hint = (axis: Axis) => (axis.scale === 'log' ? ' (log)' : '');

function drawSeries(series: Series, index: number, x: Scale, y: Scale): string {
	const stroke = colourOf(index);
	const points = [...series.points].sort((a, b) => a.x - b.x);
	const path = (list: Point[]) =>
		`M${list.map((point) => `${x.place(point.x).toFixed(1)} ${y.place(point.y).toFixed(1)}`).join('L')}`;
	let content = '';
	if (points.length === 0) return content;
	for (const { x: at, low, high } of points) {
		if (low === undefined || high === undefined || (y.kind === 'log' && low <= 0)) continue;
		content += line(x.place(at), y.place(low), x.place(at), y.place(high), { stroke, 'stroke-width': 1.5, opacity: 0.6 });
	}
	content += tag('path', { d: path(points), stroke, 'stroke-width': points.length > MOST_MARKS ? 1.2 : 2, fill: 'none', 'stroke-linejoin': 'round' });
	if (series.fit) {
		const fit = series.fit;
		const [first, last] = [points[0].x, points[points.length - 1].x];
		const along = Array.from({ length: STEPS + 1 }, (_, step) => {
			const share = step / STEPS;
			const at = x.kind === 'log' ? first * (last / first) ** share : first + (last - first) * share;
			return { x: at, y: fittedAt(fit, at) };
		}).filter((point) => point.y >= y.domain[0] && point.y <= y.domain[1]);
		if (along.length > 1) content += tag('path', { d: path(along), stroke, 'stroke-width': 1.5, 'stroke-dasharray': '2 4', fill: 'none', opacity: 0.8 });
	}
	if (points.length <= MOST_MARKS) content += points.map((point) => mark(index, x.place(point.x), y.place(point.y))).join('');
	return content;
}
