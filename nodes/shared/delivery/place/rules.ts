/**
 * Every rule about where a trigger stands: where it starts, what moves its cursor, where a connection resumes, and what
 * its place belongs to. Pure; `place.ts` keeps the values.
 */
import { createHash } from 'node:crypto';

import { hostOf } from '../../api/classify';
import { compareTimestamps, fromNanos, minusMs, toMs, toNanos } from '../../events/timestamp';
import type { EventKind } from '../../events/types';
import type { StartFrom } from '../settings';

const NANOS_PER_MS = 1_000_000n;
/**
 * A server may read a cursor as "later than" or as "at or later than": resuming this much before covers both. Not a
 * nanosecond, since databases that keep microseconds round it away.
 */
const JUST_BEFORE_NS = 1_000n;
/** A plant keeps its history no longer than this. */
export const EARLIEST = '1970-01-01T00:00:00.000Z';
/** The `Date` header has whole seconds, and an answer takes a moment: events of just now lie this far ahead of it. */
const CLOCK_TOLERANCE_MS = 5_000;

/** What decides how far a connection looks back. */
export interface LookBack {
	cursor: string;
	start: string;
	lookbackMs: number;
	/** Time in milliseconds up to which ids of delivered events are no longer known. */
	forgottenUpTo: number | undefined;
}

/**
 * What a place belongs to: the host of the endpoint and the kind of event. Nothing else, so that a filter, an option, the
 * path or the scheme of the endpoint can be changed without losing the place.
 */
export function sourceOf(endpoint: string, { id }: EventKind): string {
	return createHash('sha256').update(JSON.stringify([hostOf(endpoint), id])).digest('base64url').slice(0, 16);
}

/**
 * The cursor of a trigger that starts for the first time.
 *
 * @param serverNow asks the server for its time, RFC 3339
 */
export async function startCursor(startFrom: StartFrom, serverNow: () => Promise<string>): Promise<string> {
	if (startFrom.from === 'date') return startFrom.date;
	return startFrom.from === 'earliest' ? EARLIEST : await serverNow();
}

/** Whether the time of an event lies ahead of the clock, so that it must not hide the events of others behind it. */
export function isAheadOf(clockMs: number, timestamp: string): boolean {
	const ms = toMs(timestamp);
	return ms !== undefined && ms > clockMs + CLOCK_TOLERANCE_MS;
}

/** The cursor after an event: forward only, and only to times that are not ahead of the clock. */
export function advance(cursor: string, timestamp: string, clockMs: number): string {
	return compareTimestamps(timestamp, cursor) > 0 && !isAheadOf(clockMs, timestamp) ? timestamp : cursor;
}

/**
 * Up to which time events that were delivered beyond the cursor count, once another event is delivered in its turn: Pico
 * sends in the order of time, so all before that event has come. Where every station is a little ahead of Pico's clock, no
 * event could move the cursor by itself when it arrives; the next one moves it over those before.
 */
export function passedMs(timestamp: string, clockMs: number): number {
	return Math.min(toMs(timestamp) ?? Number.NEGATIVE_INFINITY, clockMs + CLOCK_TOLERANCE_MS);
}

/** The cursor for a time that is only known in milliseconds. */
export function advanceToMs(cursor: string, ms: number): string {
	const timestamp = fromNanos(BigInt(ms) * NANOS_PER_MS);
	return compareTimestamps(timestamp, cursor) > 0 ? timestamp : cursor;
}

/**
 * Where a connection resumes: the look-back before the cursor, but at nothing before the start, which was never wanted,
 * and at nothing of which the delivered ids are no longer known. Always a little before the cursor itself.
 */
export function resumeFrom(at: LookBack): string {
	const justBefore = justBeforeOf(at.cursor);
	const from = later(wantedFrom(at), knownFrom(at));
	return compareTimestamps(from, justBefore) > 0 ? justBefore : from;
}

/** Whether ids inside the look-back were forgotten, so that a late event from before is not found. */
export function isLookBackCut(at: LookBack): boolean {
	return compareTimestamps(knownFrom(at) ?? '', wantedFrom(at)) > 0;
}

function wantedFrom({ cursor, start, lookbackMs }: LookBack): string {
	return later(minusMs(cursor, lookbackMs), justBeforeOf(start));
}

function knownFrom({ forgottenUpTo }: LookBack): string | undefined {
	return forgottenUpTo === undefined ? undefined : fromNanos(BigInt(forgottenUpTo + 1) * NANOS_PER_MS);
}

function justBeforeOf(timestamp: string): string {
	const nanos = toNanos(timestamp);
	return nanos === undefined ? timestamp : fromNanos(nanos - JUST_BEFORE_NS);
}

function later(a: string, b: string | undefined): string {
	return b !== undefined && compareTimestamps(b, a) > 0 ? b : a;
}
