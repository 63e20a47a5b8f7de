import type { Dialect } from '../api/dialect/dialect';
import type { PicoEvent } from '../events/event';
import { asText, at } from '../events/read';
import type { EventKind } from '../events/types';
import type { TriggerSettings } from './settings';

/** Path of the id of the operation that an event belongs to; notes do not tell theirs. */
const PRODUCT_PATH: Partial<Record<EventKind['id'], readonly string[]>> = {
	orderCompleted: ['operation', 'id'],
	operationChanged: ['id'],
	structureChanged: ['parentId'],
};

type Filter = Pick<TriggerSettings, 'kind' | 'products' | 'orderFilter'>;

/**
 * What the server can filter by itself. Always checked again by `matches`, since a filter that a server ignores must
 * not let other products through.
 */
export function serverFilter({ kind, products }: Filter, dialect: Dialect): Record<string, unknown> | undefined {
	const path = PRODUCT_PATH[kind.id];
	if (!path || products.length === 0) return undefined;
	if (dialect.hasFilter('Subscription', kind.streamField, 'where', [...path, '_in']) !== true) return undefined;
	return path.reduceRight<Record<string, unknown>>((inner, step) => ({ [step]: inner }), { _in: [...products] });
}

export function matches({ kind, products, orderFilter }: Filter, { row }: PicoEvent): boolean {
	const path = PRODUCT_PATH[kind.id];
	if (path && products.length > 0 && !products.includes(asText(at(row, path.join('.'))) ?? '')) return false;
	if (kind.id === 'orderCompleted' && orderFilter !== '') return likePattern(orderFilter, asText(row.externalOrderId) ?? '');
	return true;
}

/** `*` stands for any text, everything else for itself; upper and lower case count as the same. */
export function likePattern(pattern: string, text: string): boolean {
	const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^${parts.join('.*')}$`, 'is').test(text);
}
