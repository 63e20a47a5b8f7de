import type { TopLevelSpec } from 'vega-lite';

/** Pictures for the pages: white cards that read on a light and on a dark page, the same text for the same numbers. */

const INK = '#1f2933';
const SOFT = '#52606d';
const GRID = '#e4e7eb';
/** Colours that people with any kind of colour vision tell apart on white; each line has a shape of its own as well. */
const COLOURS = ['#0f62ab', '#b3490a', '#1b7a4a', '#7a3d9c', '#5c5f66'];
const [MET, MISSED] = COLOURS;
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross'];
/** Above this many points only the line is drawn. */
const MOST_MARKS = 40;
const LOG_LEAST = 10;

export interface Head {
	title: string;
	/** What was measured, where and when. */
	subtitle: string;
}

export interface Series {
	/** With what the legend says after the name, such as an exponent. */
	name: string;
	/** Lowest and highest value are drawn as a thin line through the point. */
	points: Array<{ x: number; y: number; low?: number; high?: number }>;
	/** Drawn dashed over the range of the points. */
	fitted?: (x: number) => number;
}

export interface Panel {
	title?: string;
	x: string;
	y: string;
	scale: 'linear' | 'log';
	series: Series[];
	/** Stretches of time to mark, such as the one from a kill to the return. */
	bands?: Array<{ from: number; to: number }>;
}

const config = {
	background: '#ffffff',
	font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
	view: { stroke: null },
	axis: { gridColor: GRID, domainColor: '#9aa5b1', tickColor: '#9aa5b1', labelColor: SOFT, titleColor: INK, titleFontWeight: 'normal', labelFontSize: 12, titleFontSize: 12, labelFlush: false },
	legend: { labelFontSize: 12, labelLimit: 0, title: null, orient: 'top', direction: 'vertical', offset: 6, symbolSize: 70 },
	title: { anchor: 'start', fontSize: 14, color: INK, subtitleColor: SOFT, subtitleFontSize: 12, subtitlePadding: 5 },
	concat: { spacing: 28 },
};

/** Breaks a text at spaces into lines of about so many characters. */
export const wrapped = (text: string, length: number): string[] => text.match(new RegExp(`.{1,${length}}(?= |$)|\\S+`, 'g'))?.map((line) => line.trim()) ?? [];

const headOf = ({ title, subtitle }: Head) => ({ text: title, subtitle: wrapped(subtitle, 130), fontSize: 18, offset: 16 });

/** As SVG text. The library is loaded only here: tests look at what is to be drawn. */
async function drawn(spec: object): Promise<string> {
	const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
	const whole = { ...spec, config, padding: 24 } as unknown as TopLevelSpec;
	const svg = await new View(parse(compile(whole).spec), { renderer: 'none' }).toSVG();
	return `${svg.replaceAll('><', '>\n<')}\n`;
}

/** One plot or several, two in a row, on linear or log axes. */
export const lineChart = async (head: Head, panels: Panel[], { width = panels.length > 1 ? 330 : 740, columns = 2 } = {}): Promise<string> =>
	await drawn({ title: headOf(head), columns, concat: panels.map((panel) => plotOf(panel, width)), resolve: { scale: { color: 'independent', shape: 'independent' } } });

/** What a log axis cannot show is left out; one that spans less than a factor of ten would make noise look like growth. */
function plotOf({ title = '', x, y, scale, series, bands = [] }: Panel, width: number): object {
	const shown = (value: number) => Number.isFinite(value) && (scale === 'linear' || value > 0);
	const rows = series.flatMap(({ name, points }) => points.filter((point) => shown(point.x) && shown(point.y)).map((point) => ({ series: name, ...point })));
	const fits = series.flatMap(({ name, points, fitted }) => (fitted ? along(points.map((point) => point.x).filter(shown), scale).map((at) => ({ series: name, x: at, y: fitted(at) })) : []));
	const heights = rows.flatMap((row) => [row.y, row.low ?? row.y, row.high ?? row.y]).filter(shown);
	const [least, most] = [Math.min(...heights), Math.max(...heights)];
	const wider = Math.sqrt(Math.max(1, LOG_LEAST / (most / least)));
	const names = series.map(({ name }) => name);
	const decades = Array.from({ length: 25 }, (_, index) => 10 ** (index - 12));
	const of = (field: string, name: string, more: object = {}) => ({ field, type: 'quantitative', title: scale === 'log' ? `${name} (log)` : name, scale: { type: scale, ...more }, axis: { labelExpr: "abs(datum.value) < 1 ? datum.value : format(datum.value, '~s')", tickCount: 6, ...(scale === 'log' ? { values: decades } : {}) } });
	const encoding = {
		x: of('x', x, scale === 'log' ? { nice: false } : { nice: bands.length === 0, zero: true }),
		y: of('y', y, scale === 'log' ? { domain: [least / wider, most * wider], nice: true } : { zero: true }),
		color: { field: 'series', type: 'nominal', sort: null, scale: { domain: names, range: COLOURS.slice(0, names.length) } },
	};
	const marks = { ...encoding, shape: { field: 'series', type: 'nominal', sort: null, scale: { domain: names, range: SHAPES.slice(0, names.length) } } };
	const layer = (values: object[], mark: object, channels: object = encoding) => ({ data: { values }, mark, encoding: channels });
	return {
		title: { text: title },
		width,
		height: 220,
		layer: [
			layer(bands, { type: 'rect', color: MISSED, opacity: 0.15 }, { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } }),
			layer(bands, { type: 'rule', color: MISSED }, { x: { field: 'from', type: 'quantitative' } }),
			layer(rows.filter(({ low, high }) => low !== undefined && high !== undefined && shown(low)), { type: 'rule', opacity: 0.6 }, { ...encoding, y: { ...encoding.y, field: 'low' }, y2: { field: 'high' } }),
			layer(fits, { type: 'line', clip: true, strokeDash: [2, 4], opacity: 0.8 }),
			layer(rows, { type: 'line', strokeWidth: rows.length > MOST_MARKS ? 1.2 : 2 }),
			layer(series.some(({ points }) => points.length > MOST_MARKS) ? [] : rows, { type: 'point', filled: true, size: 60, opacity: 1 }, marks),
		].filter(({ data }) => data.values.length > 0),
	};
}

function along(values: number[], scale: Panel['scale']): number[] {
	const [first, last] = [Math.min(...values), Math.max(...values)];
	return Array.from({ length: 41 }, (_, step) => (scale === 'log' ? first * (last / first) ** (step / 40) : first + ((last - first) * step) / 40));
}

export interface Bar {
	name: string;
	/** Ours divided by the peer's; a value without a peer, divided by its target. */
	ratio: number;
	/** Lowest and highest of the runs. */
	spread: [number, number];
	limit: number;
	met: boolean;
	/** What stands beside the bar, above the verdict. */
	shown: string;
	verdict: string;
}

/** Bars from 1 to the measured ratio on a log axis, the target as a tick. Met and missed differ by colour, filling and word. */
export async function ratioChart(head: Head, bars: Bar[]): Promise<string> {
	// A difference of two memories can be negative, for which a logarithm has no place.
	const least = Math.min(...bars.map(({ ratio, limit }) => Math.min(ratio, limit)).filter((value) => value > 0)) / 2;
	const place = (value: number) => Math.max(value, least);
	const values = bars.map(({ name, ratio, spread: [low, high], limit, met, shown, verdict }) => ({
		...{ name: wrapped(name, 46).join('\n'), limit, told: `${shown}\n${met ? '✓ met' : '✗ missed'} (${verdict})`, state: met ? 'target met' : 'target missed' },
		...{ ratio: place(ratio), low: place(low), high: place(high) },
	}));
	const y = { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelExpr: "split(datum.label, '\\n')", labelLimit: 0, ticks: false, grid: false, labelColor: INK } };
	const x = (field: string) => ({ field, type: 'quantitative', scale: { type: 'log', nice: true }, axis: { orient: 'top', title: 'Ours divided by the peer, or by the target (log)', format: '~r', tickCount: 6 } });
	const color = { field: 'state', type: 'nominal', scale: { domain: ['target met', 'target missed'], range: [MET, MISSED] } };
	return await drawn({
		title: headOf(head),
		data: { values },
		width: 400,
		height: { step: 40 },
		layer: [
			{ mark: { type: 'bar', size: 16 }, encoding: { y, x: { ...x('ratio'), stack: null }, x2: { datum: 1 }, color, fillOpacity: { condition: { test: "datum.state === 'target missed'", value: 0.35 }, value: 1 }, stroke: { ...color, legend: null } } },
			{ mark: { type: 'rule', strokeWidth: 1.5, color: INK }, encoding: { y, x: x('low'), x2: { field: 'high' } } },
			{ mark: { type: 'tick', thickness: 3, size: 26, color: INK, tooltip: 'target' }, encoding: { y, x: x('limit') } },
			{ mark: { type: 'text', align: 'left', lineBreak: '\n', fontSize: 12, baseline: 'middle', dy: -6 }, encoding: { y, x: { value: 416 }, text: { field: 'told' }, color } },
		],
	});
}
