import { hostOf } from '../../../../../nodes/shared/api/classify.ts';
import { advance, advanceToMs, isAheadOf, isLookBackCut, passedMs, resumeFrom, sourceOf, startCursor } from '../../../../../nodes/shared/delivery/place/rules.ts';
import { EVENT_KINDS, noteSaved, orderCompleted } from '../../../../../nodes/shared/events/kinds/index.ts';
import { DAY, timeAt } from '../../../../kit/fakeN8n.mts';

const HOUR = 3_600_000;

describe('what a place belongs to', () => {
	test.each([
		['https://plant.example/graphql', 'plant.example'],
		['https://plant.example/graph/v2', 'plant.example'],
		['https://plant.example/graph/v2/', 'plant.example'],
		['https://PLANT.example/graphql?x=1#y', 'plant.example'],
		['https://plant.example:443/graphql', 'plant.example'],
		['http://plant.example:80/graphql', 'plant.example'],
		['http://plant.example:8080/graphql', 'plant.example:8080'],
		['https://user@plant.example', 'plant.example'],
		['http://[::1]:3000/graphql', '[::1]:3000'],
		['no address', 'no address'],
	])('the host of %s is %s', (endpoint, host) => {
		expect(hostOf(endpoint)).toBe(host);
	});

	test('path and scheme of the endpoint do not matter; host and kind of event do', () => {
		const prints = ['https://a/graphql', 'http://a/graph/v2/', 'https://A', 'https://b/graphql', 'https://a:8443/graphql'].map((endpoint) => sourceOf(endpoint, orderCompleted));
		expect(prints[1]).toBe(prints[0]);
		expect(prints[2]).toBe(prints[0]);
		expect(new Set([...prints, ...EVENT_KINDS.map((kind) => sourceOf('https://a/graphql', kind))]).size).toBe(3 + EVENT_KINDS.length - 1);
	});

	test('is frozen: a change would lose the place of every trigger', () => {
		expect(sourceOf('https://plant.example/graph/v2', noteSaved)).toBe('FcpMeLlocUQC0wKx');
	});
});

test('a trigger starts where it is told to, and asks for the time of the server only when it has to', async () => {
	const asked = jest.fn(async () => timeAt(5));
	expect(await startCursor({ from: 'date', date: timeAt(1) }, asked)).toBe(timeAt(1));
	expect(await startCursor({ from: 'earliest' }, asked)).toBe('1970-01-01T00:00:00.000Z');
	expect(asked).not.toHaveBeenCalled();
	expect(await startCursor({ from: 'new' }, asked)).toBe(timeAt(5));
});

test.each([
	['of now', timeAt(0), false],
	['of the past', '1999-12-31T23:59:59Z', false],
	['five seconds ahead, which the whole seconds of a Date header explain', timeAt(5_000), false],
	['more than five seconds ahead', timeAt(5_001), true],
	['of the year 2099', '2099-01-01T00:00:00Z', true],
	['in another time zone, but of now', '2026-01-05T14:00:00+14:00', false],
	['that cannot be read', 'soon', false],
	['that is missing', '', false],
])('an event %s is ahead of the clock: %#', (_name, timestamp, expected) => {
	expect(isAheadOf(DAY, timestamp)).toBe(expected);
});

describe('the cursor', () => {
	test.each([
		['moves forward', timeAt(100), timeAt(200), timeAt(200)],
		['never moves back', timeAt(200), timeAt(100), timeAt(200)],
		['keeps its spelling for the same moment', timeAt(100), '2026-01-05T01:00:00.1+01:00', timeAt(100)],
		['takes the spelling of Pico', timeAt(100), '2026-01-05 00:00:00,123456789', '2026-01-05 00:00:00,123456789'],
		['moves by a nanosecond', '2026-01-05T00:00:00.123456788Z', '2026-01-05T00:00:00.123456789Z', '2026-01-05T00:00:00.123456789Z'],
		['does not move to what is no time', timeAt(100), '9999', timeAt(100)],
		['does not move to a time ahead of the clock', timeAt(100), timeAt(HOUR + 5_001), timeAt(100)],
		['moves up to the clock', timeAt(100), timeAt(HOUR + 5_000), timeAt(HOUR + 5_000)],
	])('%s', (_name, cursor, timestamp, expected) => {
		expect(advance(cursor, timestamp, DAY + HOUR)).toBe(expected);
	});

	test.each([
		['up to the next event', timeAt(100), HOUR, DAY + 100],
		['no further than the clock', timeAt(3 * HOUR), HOUR, DAY + HOUR + 5_000],
		['nowhere for an event without a time', 'soon', HOUR, Number.NEGATIVE_INFINITY],
	])('is moved over what was delivered beyond it %s', (_name, timestamp, clock, expected) => {
		expect(passedMs(timestamp, DAY + clock)).toBe(expected);
	});

	test('a time in milliseconds moves it forward only', () => {
		expect(advanceToMs(timeAt(100), DAY + 200)).toBe(timeAt(200));
		expect(advanceToMs(timeAt(100), DAY + 50)).toBe(timeAt(100));
		expect(advanceToMs('2026-01-05T00:00:00.100999Z', DAY + 100)).toBe('2026-01-05T00:00:00.100999Z');
	});
});

describe('a connection resumes', () => {
	const at = (changes: Partial<Parameters<typeof resumeFrom>[0]> = {}) =>
		resumeFrom({ cursor: timeAt(HOUR), start: timeAt(0), lookbackMs: 300_000, forgottenUpTo: undefined, ...changes });
	const JUST_BEFORE_HOUR = '2026-01-05T00:59:59.999999Z';

	test.each([
		['the look-back before the cursor', {}, timeAt(HOUR - 300_000)],
		['a microsecond before the cursor without a look-back, as a server may read it as "later than"', { lookbackMs: 0 }, JUST_BEFORE_HOUR],
		['nowhere before the start, however far it looks back', { lookbackMs: 86_400_000 }, '2026-01-04T23:59:59.999999Z'],
		['at the start, when nothing was delivered yet', { cursor: timeAt(0) }, '2026-01-04T23:59:59.999999Z'],
		['after what it no longer knows to be delivered', { forgottenUpTo: DAY + HOUR - 60_000 }, timeAt(HOUR - 59_999)],
		['the look-back before the cursor, when it knows more', { forgottenUpTo: DAY + HOUR - 300_001 }, timeAt(HOUR - 300_000)],
		['never after the cursor, even where it has forgotten ids of that very time', { forgottenUpTo: DAY + HOUR }, JUST_BEFORE_HOUR],
		['never after the cursor, even with a later start', { start: timeAt(2 * HOUR) }, JUST_BEFORE_HOUR],
		['by the nanosecond', { cursor: '2026-01-05T01:00:00.123456789Z', lookbackMs: 1_000 }, '2026-01-05T00:59:59.123456789Z'],
		['in the spelling of a cursor, whatever spelling Pico uses', { cursor: '2026-01-05 02:00:00,5 +0100' }, '2026-01-05T00:55:00.500Z'],
	])('%s', (_name, changes, expected) => {
		expect(at(changes)).toBe(expected);
	});

	test('at what is no timestamp, when that is all there is', () => {
		expect(at({ cursor: 'soon', start: 'soon' })).toBe('soon');
	});
});

describe('a look-back is cut', () => {
	const cut = (forgottenUpTo: number | undefined, lookbackMs = 300_000) =>
		isLookBackCut({ cursor: timeAt(HOUR), start: timeAt(0), lookbackMs, forgottenUpTo });

	test.each([
		['while every id is known', undefined, 300_000, false],
		['when ids inside it were forgotten', DAY + HOUR - 300_000, 300_000, true],
		['when only ids before it were forgotten', DAY + HOUR - 300_001, 300_000, false],
		['when it reaches behind the start, and ids since then were forgotten', DAY, 86_400_000, true],
		['when it reaches behind the start, and all since then is known', DAY - 1, 86_400_000, true],
		['when it reaches behind the start, and ids before it were forgotten', DAY - 2, 86_400_000, false],
	])('%s', (_name, forgottenUpTo, lookbackMs, expected) => {
		expect(cut(forgottenUpTo, lookbackMs)).toBe(expected);
	});
});
