import { tag } from './svg.mts';

/** Colours that people with any kind of colour vision tell apart on white; each comes with a shape of its own. */
export const COLOURS = ['#0f62ab', '#b3490a', '#1b7a4a', '#7a3d9c', '#5c5f66'];

const SHAPES: Array<(x: number, y: number, fill: string) => string> = [
	(cx, cy, fill) => tag('circle', { cx, cy, r: 4.5, fill, stroke: '#ffffff' }),
	(x, y, fill) => tag('rect', { x: x - 4, y: y - 4, width: 8, height: 8, fill, stroke: '#ffffff' }),
	(x, y, fill) => tag('path', { d: `M${round(x)} ${round(y - 5.5)}l5.5 9.5h-11z`, fill, stroke: '#ffffff' }),
	(x, y, fill) => tag('path', { d: `M${round(x)} ${round(y - 6)}l6 6l-6 6l-6-6z`, fill, stroke: '#ffffff' }),
	(x, y, stroke) =>
		tag('path', { d: `M${round(x - 4)} ${round(y - 4)}l8 8m0-8l-8 8`, stroke, 'stroke-width': 2, fill: 'none' }),
];

const round = (value: number) => Math.round(value * 10) / 10;

export const colourOf = (series: number) => COLOURS[series % COLOURS.length];
export const mark = (series: number, x: number, y: number) => SHAPES[series % SHAPES.length](x, y, colourOf(series));
