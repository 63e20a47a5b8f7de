import type { Dialect } from '../api/dialect/dialect';
import type { PicoEvent } from '../events/event';
import { asText, at } from '../events/read';
import type { EventChoice } from './settings';

type Filter = Pick<EventChoice, 'kind' | 'products' | 'orderFilter'>;

/**
 * What the server can filter by itself. Always checked again by `matches`, since a filter that a server ignores must
 * not let other products through.
 */
export function serverFilter({ kind, products }: Filter, dialect: Dialect): Record<string, unknown> | undefined {
	const path = kind.productPath;
	if (!path || products.length === 0) return undefined;
	if (dialect.hasFilter('Subscription', kind.streamField, 'where', [...path, '_in']) !== true) return undefined;
	return path.reduceRight<Record<string, unknown>>((inner, step) => ({ [step]: inner }), { _in: [...products] });
}

export function matches({ kind, products, orderFilter }: Filter, { row }: PicoEvent): boolean {
	const { productPath, orderIdField } = kind;
	if (productPath && products.length > 0 && !products.includes(asText(at(row, productPath.join('.'))) ?? '')) return false;
	return !orderIdField || orderFilter === '' || matchesPattern(orderFilter, asText(row[orderIdField]) ?? '');
}

/**
 * Whether a text fits a pattern in which `*` stands for any text; upper and lower case count as the same. Takes time in
 * proportion to the lengths, whatever the pattern: a regular expression may take for ever.
 */
export function matchesPattern(pattern: string, text: string): boolean {
	const [head, ...rest] = pattern.toLowerCase().split('*');
	const whole = text.toLowerCase();
	const tail = rest.pop();
	if (tail === undefined) return whole === head;
	if (whole.length < head.length + tail.length || !whole.startsWith(head) || !whole.endsWith(tail)) return false;
	const end = whole.length - tail.length;
	let position = head.length;
	for (const part of rest) {
		const found = whole.indexOf(part, position);
		if (found < 0 || found + part.length > end) return false;
		position = found + part.length;
	}
	return true;
}
