import { COLOURS } from '../../kit/chart/marks.mts';
import { scaleFor } from '../../kit/chart/scale.mts';
import { AXIS, card, GRID, heading, line, PADDING, SOFT, tag, text, type Head } from '../../kit/chart/svg.mts';
import type { LineResult } from './line.mts';

const WIDTH = 860;
const HEIGHT = 200;
const LEFT = 56;
const KILL = COLOURS[1];

/** Lag over time, one plot for each line, the kills as vertical lines. */
export function lagChart(lines: readonly LineResult[]): string {
	const head: Head = {
		title: 'Lag in queue mode while workers are killed',
		subtitle:
			'Seconds since the oldest event was made that is not done yet. A vertical line is a kill -9 of one of the workers, a band the time until it was back.',
	};
	const { content, below } = heading(head, WIDTH);
	let y = below + 12;
	let plots = '';
	for (const each of lines) {
		plots += plot(each, y);
		y += HEIGHT + 76;
	}
	return card(WIDTH, y, head, content + plots);
}

function plot({ name, samples, kills }: LineResult, top: number): string {
	const [left, right, upper, lower] = [PADDING + LEFT, WIDTH - PADDING - 8, top + 26, top + 26 + HEIGHT];
	const x = scaleFor(
		'linear',
		samples.map(({ second }) => second),
		left,
		right,
	);
	const y = scaleFor(
		'linear',
		samples.map(({ lag }) => lag),
		lower,
		upper,
	);
	let drawn = text(PADDING, top + 12, name, { size: 13 });
	for (const tick of y.ticks) {
		drawn += line(left, y.place(tick), right, y.place(tick), { stroke: GRID });
		drawn += text(left - 8, y.place(tick) + 4, `${tick}`, { anchor: 'end', fill: SOFT });
	}
	for (const tick of x.ticks) drawn += text(x.place(tick), lower + 18, `${tick}`, { anchor: 'middle', fill: SOFT });
	for (const { second, backAt } of kills) {
		const to = Number.isFinite(backAt) ? backAt : second;
		drawn += tag('rect', {
			x: x.place(second),
			y: upper,
			width: Math.max(0, x.place(to) - x.place(second)),
			height: HEIGHT,
			fill: KILL,
			'fill-opacity': 0.12,
		});
		drawn += line(x.place(second), upper, x.place(second), lower, { stroke: KILL });
	}
	drawn += line(left, lower, right, lower, { stroke: AXIS });
	drawn += tag('polyline', {
		points: samples.map(({ second, lag }) => `${x.place(second).toFixed(1)},${y.place(lag).toFixed(1)}`).join(' '),
		fill: 'none',
		stroke: COLOURS[0],
		'stroke-width': 1.6,
	});
	return (
		drawn +
		text((left + right) / 2, lower + 36, 'Seconds since the first event; up: lag in seconds', {
			anchor: 'middle',
			fill: SOFT,
		})
	);
}
