import fc from 'fast-check';

import { compareMoments, compareTimestamps, fromNanos, hasOffset, minusMs, toMoment, toMs, toNanos } from '../../../../nodes/shared/events/timestamp.ts';

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

test('writes moments with as many digits as they need, at least three, also before 1970', () => {
	expect(fromNanos(0n)).toBe('1970-01-01T00:00:00.000Z');
	expect(fromNanos(120_000_000n)).toBe('1970-01-01T00:00:00.120Z');
	expect(fromNanos(123_400_000n)).toBe('1970-01-01T00:00:00.1234Z');
	expect(fromNanos(1n)).toBe('1970-01-01T00:00:00.000000001Z');
	expect(fromNanos(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
	expect(fromNanos(-SECOND)).toBe('1969-12-31T23:59:59.000Z');
	expect(fromNanos(-SECOND - 1n)).toBe('1969-12-31T23:59:58.999999999Z');
});

test('cuts what is finer than nanoseconds', () => {
	expect(toNanos('1970-01-01T00:00:00.123456789987654321Z')).toBe(123_456_789n);
	expect(toNanos('1970-01-01T00:00:00.1234567899876543219Z')).toBeUndefined();
});

test('gives whole milliseconds and the nanoseconds beyond, before and after 1970', () => {
	expect(toMoment('1970-01-01T00:00:01.000999999Z')).toEqual({ ms: 1_000, nanos: 999_999 });
	expect(toMoment('1970-01-01T00:00:01.001Z')).toEqual({ ms: 1_001, nanos: 0 });
	expect(toMoment('1969-12-31T23:59:59.9995Z')).toEqual({ ms: -1, nanos: 500_000 });
	expect(toMs('1970-01-01T01:00:00.0019+01:00')).toBe(1);
	expect(toMs('1970-01-01T00:00:00.5-00:30')).toBe(1_800_500);
	expect(toMs('1970-01-01T12:34:00+12:34')).toBe(0);
});

test('takes small letters, a space and a leap second, as RFC 3339 allows', () => {
	for (const text of ['2016-12-31T23:59:59Z', '2016-12-31t23:59:59z', '2016-12-31 23:59:59Z']) {
		expect(toMs(text)).toBe(Date.UTC(2016, 11, 31, 23, 59, 59));
	}
	expect(toMs('2026-01-05t10:00:00z')).toBe(Date.UTC(2026, 0, 5, 10));
	expect(toMs('2026-01-10T10:00:60Z')).toBe(Date.UTC(2026, 0, 10, 10, 1));
});

test('blanks around a timestamp say nothing', () => {
	for (const text of [' 2026-01-05T10:00:00Z', '2026-01-05T10:00:00Z\n', '\t2026-01-05 10:00 ']) expect(toMs(text)).toBe(Date.UTC(2026, 0, 5, 10));
});

test.each([undefined, null, 7, 1_767_607_200_000, new Date(0), {}, ['2026-01-05T10:00:00Z']])('%p is no timestamp', (value) => {
	expect(toNanos(value)).toBeUndefined();
	expect(toMs(value)).toBeUndefined();
});

test('orders moments, and what is none before them', () => {
	const early = { ms: 5, nanos: 1 };
	const later = { ms: 5, nanos: 2 };
	expect(compareMoments(early, later)).toBeLessThan(0);
	expect(compareMoments(later, early)).toBeGreaterThan(0);
	expect(compareMoments(early, { ...early })).toBe(0);
	expect(compareMoments({ ms: 4, nanos: 9 }, early)).toBeLessThan(0);
	expect(compareMoments(undefined, early)).toBeLessThan(0);
	expect(compareMoments(early, undefined)).toBeGreaterThan(0);
	expect(compareMoments(undefined, undefined)).toBe(0);
	expect(compareTimestamps('now', 'then')).toBe(0);
	expect(compareTimestamps('now', 'now')).toBe(0);
});

test('reads a leap second at the end of a month as the first second of the next', () => {
	expect(toMs('2016-12-31T23:59:60Z')).toBe(Date.UTC(2017, 0, 1));
	expect(toMs('1969-01-00T23:59:60Z')).toBeUndefined();
});

test('reads the zero time of a server written in Go as the oldest, not as 1901', () => {
	expect(toMs('0001-01-01T00:00:00Z')).toBe(-62_135_596_800_000);
});

/** A reader written from the description alone, slow and plain: it takes one part after the other off the front. */
function slowNanos(whole: string): bigint | undefined {
	let rest = whole.trim();
	const take = (pattern: string): string | undefined => {
		const found = new RegExp(`^(${pattern})`).exec(rest)?.[1];
		if (found !== undefined) rest = rest.slice(found.length);
		return found;
	};
	const number = (digits: number) => (take('[0-9]'.repeat(digits)) ?? '-1').replace(/^$/, '-1');
	if (/^[0-9]{10}($|[.]|[0-9]{3}$|[0-9]{6}$|[0-9]{9}$)/.test(rest)) {
		const seconds = BigInt(number(10));
		const hasPoint = take('[.]') !== undefined;
		const fraction = take('[0-9]+') ?? '';
		if (rest !== '' || fraction.length > 9 || hasPoint !== (hasPoint && fraction !== '')) return undefined;
		return seconds * SECOND + BigInt(fraction.padEnd(9, '0'));
	}
	const [year, , month, , day, , hour, , minute] = [number(4), take('-'), number(2), take('-'), number(2), take('[Tt ]'), number(2), take(':'), number(2)].map((part, index, all) =>
		all.slice(0, index + 1).includes(undefined) ? -1 : Number(part),
	);
	if ([year, month, day, hour, minute].some((part) => Number.isNaN(part) || part < 0)) return undefined;
	const hasSeconds = take(':') !== undefined;
	const second = hasSeconds ? Number(number(2)) : 0;
	const hasFraction = hasSeconds && take('[.,]') !== undefined;
	const fraction = hasFraction ? (take('[0-9]+') ?? '') : '';
	if (second < 0 || (hasFraction && (fraction === '' || fraction.length > 18))) return undefined;
	const blank = take(' ');
	let offset = 0;
	if (take('[Zz]|UTC|GMT') === undefined) {
		const sign = take('[+-]');
		if (sign === undefined) {
			if (blank !== undefined) return undefined;
		} else {
			const hours = Number(number(2));
			const colon = take(':');
			const minutes = take('[0-9][0-9]');
			if (hours < 0 || (colon !== undefined && minutes === undefined)) return undefined;
			offset = (sign === '-' ? -60 : 60) * (hours * 60 + Number(minutes ?? 0));
			take(' [A-Z]{2,5}(?![^])');
		}
	}
	const lengths = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	if (rest !== '' || month < 1 || month > 12 || day < 1 || day > lengths[month - 1] || hour > 23 || minute > 59 || second > 60) return undefined;
	// By 400 years later, which a calendar of as many days has behind it, since Date.UTC has no years before 100.
	const days = Date.UTC(year + 400, month - 1, day) / 86_400_000 - 146_097;
	return BigInt(days * 86_400 + hour * 3_600 + minute * 60 + second - offset) * SECOND + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

test.each([
	['2026-01-05 10:00:00', '2026-01-05T10:00:00Z'],
	['2026-01-05T10:00', '2026-01-05T10:00:00Z'],
	['2026-01-05T10:00:00+0530', '2026-01-05T04:30:00Z'],
	['2026-01-05T10:00:00+05', '2026-01-05T05:00:00Z'],
	['2026-01-05 10:00:00+00', '2026-01-05T10:00:00Z'],
	['2026-01-05 10:00:00.5-1130', '2026-01-05T21:30:00.5Z'],
	['2026-01-05T10:00:00,123', '2026-01-05T10:00:00.123Z'],
	['2026-01-05 10:00:00 UTC', '2026-01-05T10:00:00Z'],
	['2026-01-05 10:00:00.123456789 +0000 UTC', '2026-01-05T10:00:00.123456789Z'],
	['2026-01-05 15:30:00 +0530 IST', '2026-01-05T10:00:00Z'],
	[' 2026-01-05T10:00:00Z\n', '2026-01-05T10:00:00Z'],
	['1767607200', '2026-01-05T10:00:00Z'],
	['1767607200.25', '2026-01-05T10:00:00.25Z'],
	['1767607200123', '2026-01-05T10:00:00.123Z'],
	['1767607200123456', '2026-01-05T10:00:00.123456Z'],
	['1767607200123456789', '2026-01-05T10:00:00.123456789Z'],
])('%j is %s', (text, same) => {
	expect(toNanos(text)).toBe(toNanos(same));
	expect(toNanos(text)).toBe(slowNanos(text));
});

test.each([
	['2026-01-05T10:00:00Z', true],
	['2026-01-05 10:00 GMT', true],
	['2026-01-05 10:00:00 +0000 UTC', true],
	['2026-01-05T10:00:00-05', true],
	[' 1767607200 ', true],
	['2026-01-05T10:00:00', false],
	['2026-01-05 10:00:00.5', false],
	['2026-01-05', false],
	['tomorrow', false],
])('%j says in which time zone it is: %p', (text, expected) => {
	expect(hasOffset(text)).toBe(expected);
});

test('reads exactly what is described, and every date at its bounds', () => {
	const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
	const edge = (...values: string[]) => fc.constantFrom(...values);
	const text = fc
		.tuple(
			edge('0000', '0001', '0099', '1969', '1970', '2024', '2025', '2026', '2100', '2400', '9999'),
			two(13),
			fc.oneof(edge('00', '01', '27', '28', '29', '30', '31', '32'), two(32)),
			fc.oneof(edge('00', '23', '24'), two(24)),
			fc.oneof(edge('00', '59', '60'), two(60)),
			fc.oneof(edge('00', '59', '60', '61'), two(61)),
			fc.stringMatching(/^([.,][0-9]{1,12})?$/),
			edge('Z', 'Z', 'Z', 'z', '', ' UTC', 'GMT', '+00:00', '-01:30', '+05:45', '+0530', ' -11', '+0000 UTC', '+00 utc', '+5'),
		)
		.map(([year, month, day, hour, minute, second, fraction, zone]) => `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`);
	fc.assert(fc.property(text, (one) => expect(toNanos(one)).toBe(slowNanos(one))), { numRuns: 3_000 });
});

test.each(['2026-01-05T10:20:30Z', '2026-01-05T10:20:30.1Z', '2026-01-05T10:20:30.123456789Z', '2026-01-05T10:20:30.123456789+01:15', '2026-01-05 10:20', '2026-01-05 10:20:30,5 +0000 UTC', '1767607200', '1767607200.5', '1767607200123'])(
	'a single wrong, missing or additional character makes %s no timestamp, or another one',
	(valid) => {
		expect(toNanos(valid)).toBe(slowNanos(valid));
		for (let index = 0; index <= valid.length; index++) {
			for (const wrong of ['', '0', '9', '/', ':', '-', '.', 'T', 'Z', ' ', '+', 'x']) {
				for (const text of [valid.slice(0, index) + wrong + valid.slice(index + 1), valid.slice(0, index) + wrong + valid.slice(index)]) {
					expect([text, toNanos(text)]).toEqual([text, slowNanos(text)]);
				}
			}
		}
	},
);

test('the spelling that servers use is read without a pattern, which a long replay would feel', () => {
	const usual = [
		'1970-01-01T00:00:00Z',
		'2026-12-28T23:59:59Z',
		'2026-01-05T10:00:00.1Z',
		'2026-01-05T10:00:00.123Z',
		'2026-09-09T09:09:09.123456789Z',
		'2026-10-10T00:00:00.000000000Z',
	];
	const pattern = jest.spyOn(RegExp.prototype, 'exec');
	const moments = usual.map(toMoment);
	const used = pattern.mock.calls.length;
	pattern.mockRestore();
	expect(used).toBe(0);
	expect(moments.map((moment) => BigInt(moment!.ms) * 1_000_000n + BigInt(moment!.nanos))).toEqual(usual.map(slowNanos));
});
