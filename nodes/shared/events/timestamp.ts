/**
 * Timestamps as Pico writes them: RFC 3339 text with up to nine fractional digits. They never pass through a
 * JavaScript date, which would cut them to milliseconds and so skip or repeat events.
 *
 * Other spellings that servers and databases use are read as well: a blank for the `T`, no seconds, a comma before the
 * fraction, an offset such as `+0530`, `+00` or `+0000 UTC`, no offset at all (UTC, as in all of Pico's examples), and
 * seconds, milliseconds, microseconds or nanoseconds since 1970.
 */

const DATE_AND_TIME =
	/^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,18}))?)?(?: ?([Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?(?: [A-Z]{2,5})?))?$/;
/** Digits of a present-day moment, with the digits of its fraction in the same number: 10, 13, 16 or 19. */
const SINCE_1970 = /^(\d{10})(?:\.(\d{1,9})|(\d{3}|\d{6}|\d{9}))?$/;

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MS = 1_000_000n;

/** A moment in two numbers, which are many times faster than a bigint: a replay reads hundred thousands of them. */
export interface Moment {
	/** Whole milliseconds since 1970 (UTC), rounded down. */
	ms: number;
	/** Nanoseconds beyond, 0 to 999,999. */
	nanos: number;
}

/** Nanoseconds since 1970 (UTC); `undefined` when the text is not a timestamp. */
export function toNanos(text: unknown): bigint | undefined {
	const moment = toMoment(text);
	return moment && BigInt(moment.ms) * NANOS_PER_MS + BigInt(moment.nanos);
}

/** The timestamp in UTC with the fewest fractional digits that hold it, at least three. */
export function fromNanos(nanos: bigint): string {
	const seconds = nanos >= 0n ? nanos / NANOS_PER_SECOND : -((-nanos + NANOS_PER_SECOND - 1n) / NANOS_PER_SECOND);
	const rest = (nanos - seconds * NANOS_PER_SECOND).toString().padStart(9, '0');
	const fraction = rest.slice(0, 3) + rest.slice(3).replace(/0+$/, '');
	return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/**
 * Order of two timestamps: negative, zero or positive. A text that is no timestamp sorts before every timestamp,
 * so that it can never push a cursor forward.
 */
export function compareTimestamps(a: string, b: string): number {
	return a === b ? 0 : compareMoments(toMoment(a), toMoment(b));
}

/** The same for timestamps that were read before. */
export function compareMoments(a: Moment | undefined, b: Moment | undefined): number {
	if (!a || !b) return (a ? 1 : 0) - (b ? 1 : 0);
	return a.ms - b.ms || a.nanos - b.nanos;
}

/** The timestamp `ms` milliseconds earlier, to the nanosecond. Returns the text unchanged when it is no timestamp. */
export function minusMs(text: string, ms: number): string {
	const nanos = toNanos(text);
	return nanos === undefined ? text : fromNanos(nanos - BigInt(Math.round(ms)) * NANOS_PER_MS);
}

/** Whole milliseconds since 1970, rounded down; `undefined` when the text is not a timestamp. */
export function toMs(text: unknown): number | undefined {
	return toMoment(text)?.ms;
}

/** `undefined` when the text is not a timestamp. */
export function toMoment(text: unknown): Moment | undefined {
	return typeof text === 'string' ? (readUsual(text) ?? readAny(text.trim())) : undefined;
}

/** Whether the text says in which time zone it is. A date that a person enters without one means his own. */
export function hasOffset(text: string): boolean {
	return SINCE_1970.test(text.trim()) || DATE_AND_TIME.exec(text.trim())?.[8] !== undefined;
}

/** The spelling that servers use, `2026-01-05T10:00:00.123Z` with any number of digits, read without a pattern. */
function readUsual(text: string): Moment | undefined {
	const end = text.length - 1;
	const usual = end >= 19 && end <= 29 && text[end] === 'Z' && text[10] === 'T' && text[4] === '-' && text[7] === '-';
	if (!usual || text[13] !== ':' || text[16] !== ':' || (end > 19 && (text[19] !== '.' || end === 20))) return undefined;
	const year = digits(text, 0, 4);
	const month = digits(text, 5, 7);
	const day = digits(text, 8, 10);
	const hour = digits(text, 11, 13);
	const minute = digits(text, 14, 16);
	const second = digits(text, 17, 19);
	// Beyond these bounds a date needs a closer look; `false` also for what is not a number.
	if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59)) {
		return undefined;
	}
	let fraction = end > 19 ? digits(text, 20, end) : 0;
	for (let place = Math.max(end, 20); place < 29; place++) fraction *= 10;
	if (Number.isNaN(fraction)) return undefined;
	const nanos = fraction % 1_000_000;
	return { ms: Date.UTC(year, month - 1, day, hour, minute, second) + (fraction - nanos) / 1_000_000, nanos };
}

/** The number that the characters of a range write; not a number when one of them is no digit. */
function digits(text: string, from: number, to: number): number {
	let number = 0;
	for (let index = from; index < to; index++) {
		const digit = text.charCodeAt(index) - 48;
		if (digit < 0 || digit > 9) return Number.NaN;
		number = number * 10 + digit;
	}
	return number;
}

function readAny(text: string): Moment | undefined {
	const match = DATE_AND_TIME.exec(text);
	if (!match) return readSince1970(text);
	const [, year, month, day, hour, minute, second = '0', fraction, zone = 'Z'] = match;
	// Not with `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999.
	const date = new Date(0);
	date.setUTCFullYear(+year, +month - 1, +day);
	if (date.getUTCMonth() !== +month - 1 || +hour > 23 || +minute > 59 || +second > 60) return undefined;
	// A leap second, 23:59:60, is the first one of the next day.
	const seconds = date.getTime() / 1000 + (+hour * 60 + +minute) * 60 + +second - offsetSeconds(zone);
	return momentOf(seconds, fraction);
}

function readSince1970(text: string): Moment | undefined {
	const match = SINCE_1970.exec(text);
	return match ? momentOf(Number(match[1]), match[2] ?? match[3]) : undefined;
}

/** @param fraction digits behind the decimal point */
function momentOf(seconds: number, fraction = ''): Moment {
	const nanos = Number(fraction.padEnd(9, '0').slice(0, 9));
	const beyond = nanos % 1_000_000;
	return { ms: seconds * 1000 + (nanos - beyond) / 1_000_000, nanos: beyond };
}

function offsetSeconds(zone: string): number {
	if (!/^[+-]/.test(zone)) return 0;
	const sign = zone.startsWith('-') ? -1 : 1;
	const digitsOnly = zone.slice(1).replace(':', '');
	return sign * (Number(digitsOnly.slice(0, 2)) * 3600 + Number(digitsOnly.slice(2, 4)) * 60);
}
