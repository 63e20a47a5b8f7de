/** Nanosecond-exact RFC 3339 times: kept as bigint, shown as text, never as a JavaScript date. */

export type Precision = 'ms' | 'us' | 'ns';

const UNIT: Record<Precision, bigint> = { ms: 1_000_000n, us: 1_000n, ns: 1n };
const DIGITS: Record<Precision, number> = { ms: 3, us: 6, ns: 9 };
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Nanoseconds in one step of a precision. */
export function unitOf(precision: Precision): bigint {
	return UNIT[precision];
}

/** Reads an RFC 3339 text as nanoseconds since 1970; throws a readable error for anything else. */
export function parseTime(text: string): bigint {
	const match = RFC3339.exec(text);
	const millis = match ? Date.parse(`${match[1]}T${match[2]}${match[4].toUpperCase()}`) : Number.NaN;
	if (!match || Number.isNaN(millis)) throw new Error(`"${text}" is not an RFC 3339 time`);
	return BigInt(millis) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'));
}

/** Writes nanoseconds as UTC text with exactly 3, 6 or 9 decimals (cut off, not rounded). */
export function formatTime(ns: bigint, precision: Precision): string {
	const millis = Number(ns / 1_000_000n);
	const iso = new Date(millis).toISOString();
	if (precision === 'ms') return iso;
	const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0').slice(0, DIGITS[precision]);
	return `${iso.slice(0, 19)}.${fraction}Z`;
}

/** A moment that remembers its text, so that replaying a long backlog formats every row once. */
export class Stamp {
	private text = '';
	private precision: Precision | undefined;

	constructor(readonly ns: bigint) {}

	format(precision: Precision): string {
		if (this.precision !== precision) {
			this.text = formatTime(this.ns, precision);
			this.precision = precision;
		}
		return this.text;
	}

	toJSON(): string {
		return formatTime(this.ns, 'ns');
	}
}
