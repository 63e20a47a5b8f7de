import fc from 'fast-check';

import { compareTimestamps, fromNanos, minusMs, toMs, toNanos } from '../../../../nodes/shared/events/timestamp.ts';

const SECOND = 1_000_000_000n;
const nanos = fc.bigInt({ min: -2_000_000_000n * SECOND, max: 4_000_000_000n * SECOND });

/** An independent writer of the same moment in another spelling: any zone, any number of digits that holds it. */
const spelling = fc.tuple(nanos, fc.integer({ min: -14 * 60, max: 14 * 60 }), fc.integer({ min: 0, max: 9 })).map(([moment, zone, digits]) => {
	const step = 10n ** BigInt(9 - digits);
	const cut = moment - (((moment % step) + step) % step);
	const local = cut + BigInt(zone) * 60n * SECOND;
	const second = local / SECOND - (local % SECOND < 0n ? 1n : 0n);
	const fraction = (local - second * SECOND).toString().padStart(9, '0').slice(0, digits);
	const two = (n: number) => String(Math.abs(n)).padStart(2, '0');
	const suffix = `${zone < 0 ? '-' : '+'}${two(Math.trunc(zone / 60))}:${two(zone % 60)}`;
	const base = new Date(Number(second) * 1000).toISOString().slice(0, 19);
	return { moment: cut, text: `${base}${digits > 0 ? `.${fraction}` : ''}${zone === 0 ? 'Z' : suffix}` };
});

test('reads every spelling of a moment, to the nanosecond', () => {
	fc.assert(fc.property(spelling, ({ moment, text }) => expect(toNanos(text)).toBe(moment)), { numRuns: 2_000 });
});

test('writes a moment so that it reads back the same', () => {
	fc.assert(fc.property(nanos, (moment) => expect(toNanos(fromNanos(moment))).toBe(moment)), { numRuns: 2_000 });
});

test('orders timestamps as moments, whatever their spelling', () => {
	fc.assert(
		fc.property(spelling, spelling, (a, b) => {
			expect(Math.sign(compareTimestamps(a.text, b.text))).toBe(a.moment < b.moment ? -1 : a.moment > b.moment ? 1 : 0);
		}),
		{ numRuns: 2_000 },
	);
});

test('tells apart what a JavaScript date would make equal', () => {
	expect(compareTimestamps('2026-01-05T10:00:00.123456788Z', '2026-01-05T10:00:00.123456789Z')).toBeLessThan(0);
	expect(compareTimestamps('2026-01-05T10:00:00.1Z', '2026-01-05T10:00:00.100000001Z')).toBeLessThan(0);
});

test('sorts what is no timestamp before every timestamp, so that it cannot push a cursor forward', () => {
	for (const text of ['', 'now', '2026-01-05', '2026-13-05T10:00:00Z', '2026-01-05T25:00:00Z', '9999']) {
		expect(compareTimestamps(text, '1970-01-01T00:00:00Z')).toBeLessThan(0);
		expect(toMs(text)).toBeUndefined();
	}
});

test('steps back without losing digits', () => {
	expect(minusMs('2026-01-05T10:00:00.123456789Z', 300_000)).toBe('2026-01-05T09:55:00.123456789Z');
	expect(minusMs('2026-01-05T10:00:00Z', 1)).toBe('2026-01-05T09:59:59.999Z');
	expect(minusMs('not a time', 1)).toBe('not a time');
});
