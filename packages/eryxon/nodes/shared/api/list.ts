import type { IDataObject } from 'n8n-workflow';

import { readPage, type Page, type Row } from '../core/answers';
import type { ListOrder } from '../core/entities';
import type { EryxonClient } from './client';
import { asFailure, EryxonFailure } from './failure';

/** Largest page of a list. */
export const PAGE = 1_000;

interface Wanted {
	path: string;
	query?: IDataObject;
	order?: ListOrder;
	most?: number;
	signal?: AbortSignal;
}

/**
 * The rows of a list, all of them or as many as wanted.
 *
 * PostgreSQL returns rows with equal sort values in any order, anew for each page: pages in such an order overlap and
 * leave rows out. So more than one page is read in the order of a unique value, and the number of rows is compared with
 * the total that Eryxon names.
 *
 * @throws EryxonFailure when rows are missing in the end: an incomplete list is never returned as a whole one
 */
export async function listRows(client: EryxonClient, { path, query = {}, order = {}, most = Number.POSITIVE_INFINITY, signal }: Wanted): Promise<Row[]> {
	const ask = async (more: IDataObject): Promise<Page> => {
		const { data, meta } = await client.get(path, { ...query, ...more }, signal);
		return readPage(data, meta);
	};
	if (most <= PAGE) return (await ask({ limit: most, offset: 0 })).rows.slice(0, most);
	const list = new Reading(path, ask);
	if (order.time) return cut(await list.backwards(order.time), most);
	const sortedBy = typeof query.sort === 'string' ? query.sort : undefined;
	const unique = order.unique ?? 'created_at';
	const enough = sortedBy === undefined || sortedBy === unique ? most : Number.POSITIVE_INFINITY;
	const direction = sortedBy === unique ? String(query.order ?? 'asc') : 'asc';
	await list.pages({ sort: unique, order: direction }, enough);
	if (list.incomplete(enough)) await list.pages({ sort: 'created_at', order: 'desc' }, enough);
	if (list.incomplete(enough) && order.parts && query[order.parts.filter] === undefined) {
		for (const value of order.parts.values) await list.pages({ sort: 'created_at', order: 'asc', [order.parts.filter]: value }, enough);
	}
	const rows = list.complete(enough);
	return cut(sortedBy === undefined || sortedBy === unique ? rows : sorted(rows, sortedBy, query.order !== 'desc'), most);
}

class Reading {
	private readonly rows = new Map<string, Row>();
	private total: number | undefined;

	constructor(
		private readonly path: string,
		private readonly ask: (query: IDataObject) => Promise<Page>,
	) {}

	/** Reads page after page until there is nothing new. */
	async pages(query: IDataObject, enough: number): Promise<void> {
		// The total of a part of the list is not that of the whole.
		const whole = Object.keys(query).every((name) => name === 'sort' || name === 'order');
		for (let offset = 0; this.rows.size < enough; ) {
			let page: Page;
			try {
				page = await this.ask({ ...query, limit: PAGE, offset });
			} catch (error) {
				// Rows were deleted meanwhile: nothing is behind the end.
				if (offset > 0 && /range not satisfiable/i.test(asFailure(error).message)) break;
				throw asFailure(error);
			}
			const before = this.rows.size;
			this.add(page.rows);
			if (whole && page.total !== undefined) this.total = page.total;
			offset += page.rows.length;
			// Some lists ignore paging: then every page is the first one.
			if (this.rows.size === before || (page.rows.length < PAGE && !(page.total !== undefined && page.total > offset))) break;
		}
	}

	/** Reads from the newest row backwards, each time up to the oldest time that is known. */
	async backwards({ column, until }: { column: string; until: string }): Promise<Row[]> {
		for (let end: string | undefined; ; ) {
			const { rows, total } = await this.ask({ limit: PAGE, offset: 0, ...(end === undefined ? {} : { [until]: end }) });
			if (end === undefined) this.total = total;
			const before = this.rows.size;
			this.add(rows);
			const oldest = rows.map((row) => row[column]).filter((time): time is string => typeof time === 'string').at(-1);
			if (rows.length < PAGE || this.rows.size === before || oldest === undefined || oldest === end) break;
			end = oldest;
		}
		return this.complete(Number.POSITIVE_INFINITY);
	}

	incomplete(enough: number): boolean {
		return this.total !== undefined && this.rows.size < Math.min(this.total, enough);
	}

	/** @throws EryxonFailure with the number of rows that are missing */
	complete(enough: number): Row[] {
		if (!this.incomplete(enough)) return [...this.rows.values()];
		const missing = Math.min(this.total ?? 0, enough) - this.rows.size;
		throw new EryxonFailure('server', `Eryxon says that ${this.path} has ${this.total} rows, but ${missing} of them are on none of its pages`, {
			hint: 'Rows that were stored in the same moment come in any order, and so may change pages. Read the list in parts, with filters.',
		});
	}

	private add(rows: readonly Row[]): void {
		for (const row of rows) this.rows.set(String(row.id ?? JSON.stringify(row)), row);
	}
}

function cut(rows: Row[], most: number): Row[] {
	return rows.length > most ? rows.slice(0, most) : rows;
}

/** As PostgreSQL sorts: empty values last, first when descending. */
function sorted(rows: Row[], field: string, ascending: boolean): Row[] {
	const direction = ascending ? 1 : -1;
	return rows.sort((a, b) => direction * compare(a[field], b[field]));
}

function compare(a: unknown, b: unknown): number {
	const empty = (value: unknown) => value === null || value === undefined;
	if (empty(a) || empty(b)) return Number(empty(a)) - Number(empty(b));
	return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en');
}
