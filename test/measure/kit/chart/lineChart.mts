import { drawPanel, legendHeight, type Panel } from './panel.mts';
import { card, heading, PADDING, type Head } from './svg.mts';

export type { Axis, Panel, Series, SeriesPoint } from './panel.mts';

export interface LineChart extends Head {
	/** One plot, or several beside each other: two in a row. */
	panels: Panel[];
	/** Pixels; 860 unless told. */
	width?: number;
	/** Height of each plot, pixels. */
	plotHeight?: number;
}

const GAP = 24;

/** An SVG file with one or more line plots, on linear or log axes. */
export function lineChart({ panels, width = 860, plotHeight = 250, ...head }: LineChart): string {
	const { content, below } = heading(head, width);
	const columns = Math.min(2, panels.length);
	const boxWidth = (width - 2 * PADDING - (columns - 1) * GAP) / columns;
	let y = below + 4;
	let plots = '';
	for (let row = 0; row < panels.length; row += columns) {
		const beside = panels.slice(row, row + columns);
		const height = Math.max(...beside.map(legendHeight)) + plotHeight + 44;
		plots += beside
			.map((panel, column) => drawPanel(panel, { x: PADDING + column * (boxWidth + GAP), y, width: boxWidth, height }))
			.join('');
		y += height + 16;
	}
	return card(width, y + PADDING - 16, head, content + plots);
}
