import { rowsOf } from '../events/event';
import { identityText } from '../events/identity';
import { asObject } from '../events/read';
import { minusMs } from '../events/timestamp';
import type { EventKind, Row } from '../events/types';
import type { PicoClient } from './client';
import type { Dialect } from './dialect/dialect';
import { subscriptionDocument, type StreamOptions } from './documents/subscription';
import { PicoFailure, type GraphqlErrorEntry } from './failure';
import { IdleLimit, within } from './pause';
import { printed } from './result';
import type { Frame, StreamEnd, Subscription } from './stream/types';

/** How a stream is opened: over the transport of the one that met the row. */
export type OpenStream = (client: PicoClient, subscription: Subscription) => AsyncGenerator<Frame, StreamEnd>;

/** What a stream asked for when it met the row. */
export interface Asked extends Pick<StreamOptions, 'where' | 'fields'> {
	dialect: Dialect;
	/** Cursor of the last row before it. */
	after: string;
	/** An earlier cursor, from which to look for a row that is not found there. */
	earlier?: string;
	signal: AbortSignal;
}

/** Good rows remembered; more than are read in a search. */
const RECENT = 2_000;
/** Rows read in a search at most: one row among a thousand of the same moment is not found. */
const MOST_ROWS = 1_000;
const IDLE_MS = 2_000;
const FIRST_WITHIN_MS = 10_000;
/** A server names one field that it cannot resolve at a time, or all. */
const ROUNDS = 4;
/** Searches in vain, one after the other, after which a connection is not searched any more. */
const MISSES = 3;
/** Places remembered at which rows were found or told of. */
const PLACES = 1_000;

/**
 * Deals with rows that Pico cannot resolve: servers in Go then send a result with errors and without any row.
 *
 * The row is looked for by reading its place twice, row by row with everything, and without the fields that Pico names as the
 * cause. What only the second reading shows is the row. A good row is never taken from it: without the field it would be
 * another event.
 */
export class UnresolvedRows {
	/** Keys of the good rows of this connection, the newest last. */
	private readonly recent = new Set<string>();
	/** Results without rows since the last good row. */
	private since = 0;
	private misses = 0;
	/** Whether the server sends several rows where one was asked for. */
	private sendsMany = false;
	/** How many results without rows are dealt with after a good row: a later connection meets them again. */
	private readonly dealtWith = new Map<string, number>();

	constructor(
		private readonly client: PicoClient,
		private readonly kind: EventKind,
		private readonly open: OpenStream,
	) {}

	/** A new connection begins. */
	begin(): void {
		this.recent.clear();
		this.since = 0;
		this.misses = 0;
	}

	/** Notes good rows that were asked for one by one. */
	note(rows: readonly Row[]): void {
		if (rows.length > 1) this.sendsMany = true;
		for (const row of rows) {
			const key = keyOf(this.kind, row);
			this.recent.delete(key);
			this.recent.add(key);
			if (this.recent.size > RECENT) this.recent.delete(this.recent.values().next().value as string);
		}
		if (rows.length > 0) this.since = 0;
	}

	/**
	 * A result without rows came.
	 *
	 * @returns the rows that were missing, without the fields that Pico cannot resolve, and what to tell where there are none;
	 * neither when they were dealt with before
	 */
	async explain(errors: readonly GraphqlErrorEntry[], asked: Asked): Promise<{ rows: Row[]; failure?: PicoFailure }> {
		this.since++;
		const last = [...this.recent].pop() ?? `before any, ${asked.after}`;
		if (this.since <= (this.dealtWith.get(last) ?? 0)) return { rows: [] };
		const found = this.misses < MISSES ? await this.search(errors, asked) : undefined;
		if (asked.signal.aborted) return { rows: [] };
		this.misses = found ? 0 : this.misses + 1;
		this.remember(last, Math.max(this.since, found?.run ?? 0));
		return found ? { rows: found.rows } : { rows: [], failure: describe(errors, asked.after, this.sendsMany || hidesOthers(errors)) };
	}

	/** The same where nothing can be read a second time. */
	tell(errors: readonly GraphqlErrorEntry[], after: string): { rows: Row[]; failure: PicoFailure } {
		return { rows: [], failure: describe(errors, after, true) };
	}

	/**
	 * A list that may hold nulls has one in place of each row that the server cannot resolve. Those are only told of.
	 *
	 * @returns what to tell, once for each place
	 */
	nulls(entries: unknown, errors: readonly GraphqlErrorEntry[], after: string): PicoFailure | undefined {
		if (errors.length === 0 || !Array.isArray(entries)) return undefined;
		let last = '';
		let isNew = false;
		for (const entry of entries as unknown[]) {
			const row = asObject(entry);
			if (row) last = keyOf(this.kind, row);
			if (entry !== null) continue;
			isNew ||= !this.dealtWith.has(`null ${last}`);
			this.remember(`null ${last}`, 1);
		}
		return isNew ? describe(errors, after, false) : undefined;
	}

	private remember(place: string, count: number): void {
		this.dealtWith.set(place, count);
		if (this.dealtWith.size > PLACES) this.dealtWith.delete(this.dealtWith.keys().next().value as string);
	}

	private async search(errors: readonly GraphqlErrorEntry[], asked: Asked): Promise<Found | undefined> {
		// More than one row in it: good ones cannot be told from the others.
		if (this.sendsMany || hidesOthers(errors) || fieldsNamed(errors).length === 0) return undefined;
		// A moment before it, for servers that send what is later than the cursor.
		const from = [minusMs(asked.after, 1), ...(asked.earlier === undefined ? [] : [asked.earlier])];
		for (const cursor of new Set(from)) {
			const found = await this.searchFrom(cursor, errors, asked);
			if (found || asked.signal.aborted) return found;
		}
		return undefined;
	}

	private async searchFrom(cursor: string, errors: readonly GraphqlErrorEntry[], asked: Asked): Promise<Found | undefined> {
		const without = new Set(fieldsNamed(errors));
		const whole = await this.readWhole(cursor, asked, without);
		if (!whole || whole.unresolved === 0) return undefined;
		for (let round = 0; round < ROUNDS && !without.has(this.kind.cursorField); round++) {
			const named = without.size;
			const rows = await this.readWithout(cursor, asked, without, whole.good.length + whole.unresolved);
			if (rows) return pick(this.kind, rows, whole, without);
			if (without.size === named) return undefined;
		}
		return undefined;
	}

	/** Row by row, until the good row behind the missing ones is passed. Notes further fields that Pico names. */
	private async readWhole(cursor: string, asked: Asked, without: Set<string>): Promise<Whole | undefined> {
		const whole: Whole = { good: [], unresolved: 0, run: 0 };
		let bound: string | undefined;
		for await (const frame of this.reading(asked, { cursor, batchSize: 1 })) {
			if (frame.kind === 'unreadable') continue;
			if (frame.kind === 'unresolved') {
				if (hidesOthers(frame.errors)) return undefined;
				for (const field of fieldsNamed(frame.errors)) without.add(field);
				whole.unresolved++;
				if (bound === undefined) whole.run++;
				continue;
			}
			const { rows } = rowsOf(frame.data[this.kind.streamField]);
			if (rows.length > 1) this.sendsMany = true;
			if (this.sendsMany) return undefined;
			let passed = false;
			for (const row of rows) {
				whole.good.push(row);
				const time = cursorOf(this.kind, row);
				if (this.recent.has(keyOf(this.kind, row))) whole.run = 0;
				else if (bound === undefined && whole.run > 0) bound = time;
				// Rows of the same moment may come in another order in the second reading.
				else if (bound !== undefined && time !== bound) passed = true;
			}
			if (passed || whole.good.length + whole.unresolved >= MOST_ROWS) return whole;
		}
		return whole;
	}

	/** The same rows without some fields; `undefined` when more fields have to go, which are then noted. */
	private async readWithout(cursor: string, asked: Asked, without: Set<string>, count: number): Promise<Row[] | undefined> {
		const rows: Row[] = [];
		for await (const frame of this.reading(asked, { cursor, batchSize: Math.min(count, 100), without })) {
			if (frame.kind === 'unreadable') continue;
			if (frame.kind === 'unresolved') {
				for (const field of fieldsNamed(frame.errors)) without.add(field);
				return undefined;
			}
			rows.push(...rowsOf(frame.data[this.kind.streamField]).rows);
			if (rows.length >= count) return rows.slice(0, count);
		}
		return rows;
	}

	/** A stream of its own, until nothing comes for a while or the reader has enough. */
	private async *reading(
		{ dialect, where, fields, signal }: Asked,
		options: Pick<StreamOptions, 'cursor' | 'batchSize' | 'without'>,
	): AsyncGenerator<Frame, void> {
		const stop = new AbortController();
		const abort = () => stop.abort();
		signal.addEventListener('abort', abort, { once: true });
		if (signal.aborted) abort();
		const idle = new IdleLimit(IDLE_MS);
		const frames = this.open(this.client, {
			document: subscriptionDocument(this.kind, dialect, { where, fields, ...options }),
			signal: stop.signal,
		});
		try {
			for (let first = true; ; first = false) {
				const coming = frames.next();
				const next = await (first ? within(coming, FIRST_WITHIN_MS, undefined) : idle.await(coming, undefined));
				if (next === undefined || next.done) return;
				yield next.value;
			}
		} finally {
			idle.stop();
			stop.abort();
			signal.removeEventListener('abort', abort);
			void frames.return('ended').catch(() => undefined);
		}
	}
}

interface Whole {
	good: Row[];
	/** Results without rows. */
	unresolved: number;
	/** Those of them between the last row that the connection had read and the next good one. */
	run: number;
}

interface Found {
	rows: Row[];
	run: number;
}

/** The fields of the first level that errors name, as `operation` in `['stream', 3, 'operation', 'id']`. */
function fieldsNamed(errors: readonly GraphqlErrorEntry[]): string[] {
	return errors.flatMap(({ path = [] }) => {
		const field = path.slice(1).find((step) => typeof step === 'string');
		return field === undefined ? [] : [String(field)];
	});
}

/** The cursor of a row; empty for one that has none. */
export function cursorOf(kind: EventKind, row: Row): string {
	try {
		const cursor = kind.normalise(row)[kind.cursorField];
		return typeof cursor === 'string' ? cursor : '';
	} catch {
		return '';
	}
}

function hidesOthers(errors: readonly GraphqlErrorEntry[]): boolean {
	return errors.some(({ path }) => typeof path?.[1] === 'number' && path[1] > 0);
}

function pick(kind: EventKind, rows: readonly Row[], { good, unresolved, run }: Whole, without: ReadonlySet<string>): Found | undefined {
	const left = new Map<string, number>();
	for (const row of good) {
		const key = keyOf(kind, row, without);
		left.set(key, (left.get(key) ?? 0) + 1);
	}
	const found = rows.filter((row) => {
		const key = keyOf(kind, row, without);
		const count = left.get(key) ?? 0;
		if (count > 0) left.set(key, count - 1);
		return count === 0;
	});
	// More than are missing: some of them are good ones.
	return found.length === 0 || found.length > unresolved ? undefined : { rows: found, run };
}

/** Tells rows apart; for rows of both readings by what both have. */
function keyOf(kind: EventKind, raw: Row, without?: ReadonlySet<string>): string {
	try {
		const row = kind.normalise(raw);
		return identityText(kind, without ? Object.fromEntries(Object.entries(row).filter(([name]) => !without.has(name))) : row);
	} catch {
		// Such a row has no id either, and is told as unreadable.
		return printed(raw);
	}
}

/** @param some whether more than one event may be missing */
function describe(errors: readonly GraphqlErrorEntry[], after: string, some: boolean): PicoFailure {
	const reasons = errors.slice(0, 5).map(({ message, path }) => `${message}${path ? ` (at ${path.join('.')})` : ''}`.slice(0, 500));
	return new PicoFailure('graphql', `Pico could not send ${some ? 'some events' : 'an event'}: ${reasons.join('; ')}`, {
		errors,
		hint: `The missing record comes after ${after}. Ask the administrator of the Pico server to repair it. The stream continues with the next event.`,
	});
}
