/** Small pieces of SVG text. Everything is a string; nothing here draws or measures in a browser. */

export const INK = '#1f2933';
export const SOFT = '#52606d';
export const GRID = '#e4e7eb';
export const AXIS = '#9aa5b1';
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

type Attributes = Record<string, string | number | undefined>;

export const escaped = (text: string) =>
	text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Coordinates with one decimal: enough for a picture, and the same text for the same numbers. */
const shown = (value: string | number) => (typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value));

export function tag(name: string, attributes: Attributes, content?: string): string {
	const list = Object.entries(attributes)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ` ${key}="${shown(value as string | number)}"`)
		.join('');
	return content === undefined ? `<${name}${list}/>` : `<${name}${list}>${content}</${name}>`;
}

export interface TextStyle {
	size?: number;
	anchor?: 'start' | 'middle' | 'end';
	weight?: 'normal' | '600';
	fill?: string;
	transform?: string;
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
	const { size = 12, anchor = 'start', weight, fill = INK, transform } = style;
	const attributes = { x, y, 'font-size': size, 'text-anchor': anchor, 'font-weight': weight, fill, transform };
	return tag('text', attributes, escaped(content));
}

export const line = (x1: number, y1: number, x2: number, y2: number, more: Attributes = {}) =>
	tag('line', { x1, y1, x2, y2, stroke: AXIS, 'stroke-width': 1, ...more });

/** Width of a text in pixels, estimated: no font is at hand. A little generous, so that nothing is cut off. */
export const widthOf = (content: string, size = 12) => content.length * size * 0.58;

/** Breaks a text at spaces into lines that fit. */
export function wrapped(content: string, width: number, size = 12): string[] {
	const lines: string[] = [];
	for (const word of content.split(/\s+/)) {
		const last = lines.at(-1);
		if (last !== undefined && widthOf(`${last} ${word}`, size) <= width) lines[lines.length - 1] = `${last} ${word}`;
		else lines.push(word);
	}
	return lines;
}

export interface Head {
	title: string;
	/** What was measured, where and when; wrapped. */
	subtitle?: string;
}

export const PADDING = 24;

/** Title and subtitle, and where the picture goes on below them. */
export function heading({ title, subtitle = '' }: Head, width: number): { content: string; below: number } {
	let y = PADDING + 14;
	let content = '';
	for (const row of wrapped(title, width - 2 * PADDING, 18)) {
		content += text(PADDING, y, row, { size: 18, weight: '600' });
		y += 22;
	}
	if (subtitle) {
		for (const row of wrapped(subtitle, width - 2 * PADDING, 12)) {
			content += text(PADDING, y, row, { fill: SOFT });
			y += 17;
		}
	}
	return { content, below: y };
}

/** A whole picture on a white card of its own, readable on a light and on a dark page. */
export function card(width: number, height: number, { title, subtitle = '' }: Head, content: string): string {
	const frame = { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 10, fill: '#ffffff', stroke: '#cbd2d9' };
	const label = tag('title', {}, escaped(title)) + (subtitle ? tag('desc', {}, escaped(subtitle)) : '');
	const attributes = {
		xmlns: 'http://www.w3.org/2000/svg',
		width,
		height,
		viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
		role: 'img',
		'font-family': FONT,
	};
	return `${tag('svg', attributes, `${label}${tag('rect', frame)}${content}`).replace(/></g, '>\n<')}\n`;
}
