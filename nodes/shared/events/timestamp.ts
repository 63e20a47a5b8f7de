/**
 * Timestamps as Pico writes them: RFC 3339 text with up to nine fractional digits. They never pass through a
 * JavaScript date, which would cut them to milliseconds and so skip or repeat events.
 */

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(Z|z|[+-]\d\d:\d\d)$/;

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MS = 1_000_000n;

/** Nanoseconds since 1970 (UTC); `undefined` when the text is not an RFC 3339 timestamp. */
export function toNanos(text: unknown): bigint | undefined {
	if (typeof text !== 'string') return undefined;
	const match = RFC3339.exec(text);
	if (!match) return undefined;
	const [, year, month, day, hour, minute, second, fraction = '', zone] = match;
	const ms = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
	const date = new Date(ms);
	if (date.getUTCMonth() !== +month - 1 || +hour > 23 || +minute > 59 || +second > 60) return undefined;
	const nanos = BigInt(fraction.padEnd(9, '0').slice(0, 9));
	return BigInt(ms) * NANOS_PER_MS + nanos - BigInt(zoneOffsetSeconds(zone)) * NANOS_PER_SECOND;
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
	const x = toNanos(a);
	const y = toNanos(b);
	if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
	return x < y ? -1 : x > y ? 1 : 0;
}

/** The timestamp `ms` milliseconds earlier, to the nanosecond. Returns the text unchanged when it is no timestamp. */
export function minusMs(text: string, ms: number): string {
	const nanos = toNanos(text);
	return nanos === undefined ? text : fromNanos(nanos - BigInt(Math.round(ms)) * NANOS_PER_MS);
}

/** Whole milliseconds since 1970, rounded down; `undefined` when the text is not a timestamp. */
export function toMs(text: unknown): number | undefined {
	const nanos = toNanos(text);
	if (nanos === undefined) return undefined;
	return Number(nanos >= 0n ? nanos / NANOS_PER_MS : -((-nanos + NANOS_PER_MS - 1n) / NANOS_PER_MS));
}

function zoneOffsetSeconds(zone: string): number {
	if (zone === 'Z' || zone === 'z') return 0;
	const sign = zone.startsWith('-') ? -1 : 1;
	return sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60);
}
