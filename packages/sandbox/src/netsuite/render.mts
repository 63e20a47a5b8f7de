import { recordType, type Field } from './schema.mts';
import type { Row, Store, Values } from './store.mts';

export interface View {
	/** Address of the record service as the client sees it, e.g. `https://host/services/rest/record/v1`. */
	base: string;
	expandSubResources: boolean;
	simpleEnumFormat: boolean;
	/** Query parameter `fields`; empty = all. */
	fields: readonly string[];
}

export const self = (href: string): Values[] => [{ rel: 'self', href }];

export const hrefOf = (base: string, row: Row): string => `${base}/${row.type.name}/${row.id}`;

/** A record as GET answers it: references with links, sublists as links or in full. */
export function renderRecord(store: Store, row: Row, view: View): Values {
	const href = hrefOf(view.base, row);
	const answer: Values = { links: self(href), id: String(row.id) };
	const names = [...new Set([...Object.keys(row.type.fields), ...Object.keys(row.values)])];
	for (const name of names) {
		if (view.fields.length > 0 && !view.fields.includes(name)) continue;
		const field = row.type.fields[name] ?? { kind: 'text' };
		const value = row.values[name];
		if (field.kind === 'sublist') answer[name] = renderLines(store, row, name, value, view);
		else if (value !== undefined && value !== null) answer[name] = renderValue(store, field, value, view);
	}
	const status = statusText(row);
	if (status && (view.fields.length === 0 || view.fields.includes('status'))) {
		answer.status = view.simpleEnumFormat ? status : { id: status, refName: status };
	}
	return answer;
}

/** The label of a transaction's `orderStatus`. */
export function statusText(row: Row): string | undefined {
	const options = row.type.fields.orderStatus?.options;
	return options?.[String(row.values.orderStatus)];
}

function renderValue(store: Store, field: Field, value: unknown, view: View): unknown {
	if (field.kind === 'ref') {
		const other = store.follow(value);
		if (!other) return undefined;
		return { links: self(hrefOf(view.base, other)), id: String(other.id), refName: store.name(other) };
	}
	if (field.kind === 'enum' && !view.simpleEnumFormat) {
		return { id: value, refName: field.options?.[String(value)] ?? String(value) };
	}
	return value;
}

function renderLines(store: Store, row: Row, name: string, value: unknown, view: View): Values {
	const links = self(`${hrefOf(view.base, row)}/${name}`);
	if (!view.expandSubResources) return { links };
	return renderSublist(store, row, name, value, view);
}

/** A sublist in full: also the answer of `GET .../<record>/<id>/<sublist>`. */
export function renderSublist(store: Store, row: Row, name: string, value: unknown, view: View): Values {
	const href = `${hrefOf(view.base, row)}/${name}`;
	const fields = recordType(row.type.name).fields[name]?.lines ?? {};
	const lines = (Array.isArray(value) ? (value as Values[]) : []).map((line) => {
		const answer: Values = { links: self(`${href}/${String(line.line)}`) };
		for (const [key, content] of Object.entries(line)) {
			answer[key] = renderValue(store, fields[key] ?? { kind: 'text' }, content, view);
		}
		return answer;
	});
	return { links: self(href), items: lines, totalResults: lines.length };
}

/** One page of anything, with the links that clients follow to the next one. */
export function renderPage(href: string, all: readonly Values[], limit: number, offset: number): Values {
	const items = all.slice(offset, offset + limit);
	const hasMore = offset + limit < all.length;
	const link = (rel: string, at: number): Values => ({ rel, href: `${href}limit=${limit}&offset=${at}` });
	const links = [link('self', offset)];
	if (offset > 0) links.push(link('first', 0), link('previous', Math.max(0, offset - limit)));
	if (hasMore) links.push(link('next', offset + limit));
	if (all.length > limit) links.push(link('last', Math.floor((all.length - 1) / limit) * limit));
	return { links, count: items.length, hasMore, items, offset, totalResults: all.length };
}
