import fc from 'fast-check';

import { SeenWindow, type StoredWindow } from '../../../../nodes/shared/events/window.ts';

const LOOKBACK = 300_000;
const START = Date.UTC(2026, 0, 5);
const NEVER = Number.MAX_SAFE_INTEGER;

const MANY_BYTES = 1_000_000;
/** Ids as they are in use: told apart by their first six characters. */
const nth = (index: number) => `${String(index).padStart(6, '0')}-more-`;

/** A window that took in what another one stored with this cursor. */
function restored(window: SeenWindow, cursorMs: number, { bytes = MANY_BYTES, lookbackMs = LOOKBACK } = {}): SeenWindow {
	const stored = window.toStored(bytes);
	const copy = new SeenWindow(lookbackMs);
	copy.restore(JSON.parse(JSON.stringify(stored)) as StoredWindow, cursorMs);
	return copy;
}

test('knows every id that came within the look-back', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 2 * LOOKBACK }), { minLength: 1, maxLength: 200 }), (offsets) => {
			const window = new SeenWindow(LOOKBACK);
			offsets.forEach((offset, index) => window.add(`id${index}`, START + offset));
			const newest = Math.max(...offsets);
			offsets.forEach((offset, index) => {
				if (offset >= newest - LOOKBACK) expect(window.has(`id${index}`)).toBe(true);
			});
		}),
	);
});

test('forgets what is older than the look-back, and says up to which time', () => {
	const window = new SeenWindow(LOOKBACK);
	window.add('edge', START);
	window.add('new', START + LOOKBACK);
	expect([window.has('edge'), window.forgottenUpTo]).toEqual([true, undefined]);
	window.add('newer', START + LOOKBACK + 1);
	expect([window.has('edge'), window.has('new'), window.forgottenUpTo]).toEqual([false, true, START]);
});

describe('what is stored', () => {
	test('is known again, whatever was delivered in whatever order, and is stored again as the same', () => {
		const delivered = fc.tuple(fc.stringMatching(/^[\w-]{12}$/), fc.integer({ min: 0, max: LOOKBACK }));
		fc.assert(
			fc.property(fc.uniqueArray(delivered, { maxLength: 100, selector: ([id]) => id.slice(0, 6) }), (events) => {
				const window = new SeenWindow(LOOKBACK);
				events.forEach(([id, offset], index) => (index % 3 === 0 ? window.addBeyond(id, START + LOOKBACK + 1 + offset) : window.add(id, START + offset)));
				const copy = restored(window, START + LOOKBACK);
				events.forEach(([id, offset], index) => expect(copy.has(id, index % 3 === 0 ? START + LOOKBACK + 1 + offset : START + offset)).toBe(true));
				expect(copy.toStored(MANY_BYTES)).toEqual(window.toStored(MANY_BYTES));
			}),
		);
	});

	test('is short: six characters for each id of a second', () => {
		const window = new SeenWindow(LOOKBACK);
		for (const [id, ms] of [['abcdefghijkl', 999], ['ABCDEFGHIJKL', 0], ['nextnextnext', 1_000]] as const) window.add(id, START + ms);
		const second = START / 1_000;
		expect(window.toStored(MANY_BYTES).seen).toEqual([`${(second + 1).toString(36)}:nextne`, `${second.toString(36)}:abcdefABCDEF`]);
	});

	test('makes no later event known that only begins like a stored one, and every one known in full', () => {
		const window = new SeenWindow(LOOKBACK);
		window.add('abcdef-first', START);
		const copy = restored(window, START + 5);
		expect([copy.has('abcdef-other', START + 5), copy.has('abcdef-other', START + 6), copy.has('abcdef-other')]).toEqual([true, false, true]);
		copy.add('ghijkl-later', START + 7);
		expect([copy.has('ghijkl-later', START + 7), copy.has('ghijkl-other', START + 7)]).toEqual([true, false]);
		expect([window.has('abcdef-other', START), window.has('abcdef-other')]).toEqual([false, false]);
	});

	test('is forgotten no earlier than it would have been, and no later than a second after', () => {
		const window = new SeenWindow(LOOKBACK);
		window.add(nth(1), START + 100);
		window.add(nth(2), START + 5_100);
		const copy = restored(window, START + 5_100);
		copy.add(nth(3), START + 100 + LOOKBACK);
		expect(copy.has(nth(1), START + 100)).toBe(true);
		copy.add(nth(4), START + 1_000 + LOOKBACK);
		expect([copy.has(nth(1), START + 100), copy.forgottenUpTo]).toEqual([false, START + 999]);
		copy.add(nth(5), START + 5_101 + LOOKBACK);
		expect([copy.has(nth(2), START + 5_100), copy.forgottenUpTo]).toEqual([false, START + 5_100]);
	});

	test('is the newest where not all of it fits, and says up to the end of which second the rest is missing, for good', () => {
		const window = new SeenWindow(LOOKBACK);
		for (let index = 0; index < 1_000; index++) window.add(nth(index), START + index);
		const bytes = 16 + 99 * 6;
		const storedIn = (room: number) => [window.toStored(room).seen.join('').length, window.toStored(room).forgottenUpTo];
		expect(storedIn(bytes + 5)).toEqual([7 + 100 * 6, START + 999]);
		expect(storedIn(bytes - 1)).toEqual([7 + 99 * 6, START + 999]);
		expect(window.toStored(16 + 999 * 6).forgottenUpTo).toBeUndefined();
		expect(window.toStored(15)).toEqual({ seen: [], ahead: [], forgottenUpTo: START + 999 });
		const copy = restored(window, START + 999, { bytes });
		expect([899, 900].map((index) => copy.has(nth(index), START + index))).toEqual([false, true]);
		copy.add('much later', START + 200_000);
		expect(copy.forgottenUpTo).toBe(START + 999);
		expect(copy.toStored(MANY_BYTES).forgottenUpTo).toBe(START + 999);
		copy.add('later still', START + 2 * LOOKBACK);
		expect(copy.forgottenUpTo).toBe(START + 200_000);
	});

	test('takes as many bytes as it may, and no more', () => {
		const window = new SeenWindow(LOOKBACK);
		for (let index = 0; index < 5_000; index++) {
			window.add(nth(index), START + index * 37);
			if (index % 3 === 0) window.addBeyond(nth(10_000 + index), START + 2 * LOOKBACK + index);
		}
		for (const bytes of [0, 100, 5_000, 25_000]) {
			const { seen, ahead } = window.toStored(bytes);
			expect(JSON.stringify([...seen, ...ahead]).length).toBeLessThanOrEqual(bytes + 2);
			expect(JSON.stringify([...seen, ...ahead]).length).toBeGreaterThan(bytes - 60);
		}
	});

	test('is complete for each second that fits, the newest first', () => {
		const window = new SeenWindow(LOOKBACK);
		for (let index = 0; index < 30; index++) window.add(nth(index), START + 900 + index * 100);
		const stored = window.toStored(2 * 10 + 19 * 6);
		expect(stored.seen.map((group) => (group.length - 7) / 6)).toEqual([9, 10]);
		expect(stored.forgottenUpTo).toBe(START + 1_999);
		expect(window.toStored(3 * 10 + 29 * 6 - 1).forgottenUpTo).toBe(START + 1_999);
		expect(window.toStored(4 * 10 + 30 * 6).forgottenUpTo).toBeUndefined();
	});

	test.each(['', 'no-time', ':abcdef', 'abc:', 'abc:abcde', 'abc:abcdefg', 'abc:abc ef', 'x abc:abcdef', 'abc:abcdef x', 'ABC:abcdef', '--1:abcdef'])(
		'%p says nothing where seconds are',
		(group) => {
			const window = new SeenWindow(LOOKBACK);
			window.restore({ seen: [group, 'abc:UVWXYZuvwxyz'], ahead: [], forgottenUpTo: undefined }, NEVER);
			expect([window.size, window.has('UVWXYZ'), window.has('uvwxyz')]).toEqual([2, true, true]);
		},
	);

	test.each(['x good.abc', 'good.abc x', 'good.', '.abc', 'good.ABC', 'goo d.abc', 'good.--1', 'good abc'])('%p says nothing where ids ahead are', (mark) => {
		const window = new SeenWindow(LOOKBACK);
		window.restore({ seen: [], ahead: [mark, 'right.-zz'], forgottenUpTo: undefined }, 0);
		expect([window.size, window.has('right', 1)]).toEqual([1, true]);
	});

	test('counts also before 1970, and up to the time that was forgotten before', () => {
		const window = new SeenWindow(LOOKBACK);
		window.restore({ seen: ['1:second', '-1:before'], ahead: ['ahead.zz'], forgottenUpTo: -5_000 }, 1_000);
		expect(window.toStored(MANY_BYTES)).toEqual({ seen: ['1:second', '-1:before'], ahead: ['ahead.zz'], forgottenUpTo: -5_000 });
		window.add('new', LOOKBACK);
		expect([window.has('before', -1), window.has('second', 1_000), window.forgottenUpTo]).toEqual([false, true, -1]);
	});
});

test('stays small however many ids come within the look-back', () => {
	const window = new SeenWindow(LOOKBACK, 500);
	for (let index = 0; index < 10_000; index++) window.add(`id${index}`, START + index);
	expect([window.size, window.forgottenUpTo]).toEqual([500, START + 9_499]);
});

test('keeps twenty thousand ids when nobody says how many', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 20_001; index++) window.add(`id${index}`, START + index);
	expect([window.size, window.has('id0'), window.has('id1')]).toEqual([20_000, false, true]);
});

test('keeps every id of the newest moment, up to a hundred thousand, and no more of them than others once it is past', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 3_000; index++) window.add(`early${index}`, START - 1);
	for (let index = 0; index < 100_000; index++) window.add(`id${index}`, START);
	expect([window.size, window.forgottenUpTo, window.has('id0'), window.has('early2999')]).toEqual([100_000, START - 1, true, false]);
	window.add('one more', START);
	expect([window.size, window.forgottenUpTo, window.has('id0'), window.has('id1')]).toEqual([100_000, START, false, true]);
	window.add('next', START + 1);
	expect([window.size, window.forgottenUpTo, window.has('next')]).toEqual([20_000, START, true]);
});

test('an id that comes again changes nothing', () => {
	const window = new SeenWindow(LOOKBACK);
	window.add('a', START);
	window.add('b', START + 1);
	const before = window.toStored(MANY_BYTES);
	window.add('a', START + 2);
	expect([window.toStored(MANY_BYTES), window.size]).toEqual([before, 2]);
});

describe('what lies beyond the window', () => {
	test('is known without moving the window, and stays until the window has passed it', () => {
		const window = new SeenWindow(LOOKBACK);
		window.add('old', START);
		window.addBeyond('ahead', START + 10 * LOOKBACK);
		expect(['old', 'ahead'].map((id) => window.has(id))).toEqual([true, true]);
		expect(window.size).toBe(2);
		for (let step = 1; step <= 11; step++) window.add(`id${step}`, START + step * LOOKBACK);
		expect([window.has('ahead'), window.forgottenUpTo]).toEqual([true, START + 9 * LOOKBACK]);
		window.add('after', START + 11 * LOOKBACK + 1);
		expect([window.has('ahead'), window.forgottenUpTo]).toEqual([false, START + 10 * LOOKBACK]);
	});

	test('forgets each in its time', () => {
		const window = new SeenWindow(10);
		window.addBeyond('far', START + 1_000);
		window.addBeyond('near', START + 100);
		window.add('a', START + 111);
		expect(['far', 'near'].map((id) => window.has(id))).toEqual([true, false]);
		window.add('b', START + 1_010);
		expect(window.has('far')).toBe(true);
		window.add('c', START + 1_011);
		expect(window.has('far')).toBe(false);
	});

	test('is kept to the very edge of the look-back', () => {
		const window = new SeenWindow(LOOKBACK);
		window.addBeyond('old', START - 1);
		window.addBeyond('edge', START);
		window.add('new', START + LOOKBACK);
		expect([window.has('old'), window.has('edge'), window.forgottenUpTo]).toEqual([false, true, START - 1]);
	});

	test('is bounded: what came first goes first', () => {
		const window = new SeenWindow(LOOKBACK, 3);
		for (const id of ['a', 'b', 'c', 'a', 'd']) window.addBeyond(id, START + 10 * LOOKBACK);
		expect(['a', 'b', 'c', 'd'].map((id) => window.has(id))).toEqual([false, true, true, true]);
	});

	test('without a time stays beyond for good', () => {
		const window = new SeenWindow(LOOKBACK);
		window.addBeyond('timeless', undefined);
		for (let step = 1; step <= 5; step++) window.add(`id${step}`, START + step * 10 * LOOKBACK);
		expect(restored(window, START + 50 * LOOKBACK).has('timeless')).toBe(true);
	});

	test('is inside once it is delivered in its turn', () => {
		const window = new SeenWindow(LOOKBACK);
		window.addBeyond('a', START + 50);
		window.add('a', START + 50);
		expect([window.size, window.toStored(MANY_BYTES)]).toEqual([1, { seen: [`${(START / 1_000).toString(36)}:a`], ahead: [], forgottenUpTo: undefined }]);
		window.addBeyond('a', START + 60);
		expect(window.size).toBe(1);
	});

	test('comes inside as far as it is reached, and says how far that was', () => {
		const window = new SeenWindow(LOOKBACK);
		for (const [id, ms] of [['c', 30], ['a', 10], ['b', 20]] as const) window.addBeyond(id, START + ms);
		expect(window.takeReached(START + 9)).toBeUndefined();
		expect(window.takeReached(START + 20)).toBe(START + 20);
		expect(window.takeReached(START + 20)).toBeUndefined();
		expect(['a', 'b', 'c'].map((id) => window.has(id))).toEqual([true, true, true]);
		expect(window.takeReached(START + 29)).toBeUndefined();
		expect(window.takeReached(START + 30)).toBe(START + 30);
		window.add('later', START + 30 + LOOKBACK);
		expect(['a', 'b', 'c'].map((id) => window.has(id))).toEqual([false, false, true]);
	});

	test('is stored beside the rest, and takes no more than half of the room from it', () => {
		const window = new SeenWindow(LOOKBACK);
		for (let index = 0; index < 100; index++) {
			window.add(nth(index), START + index);
			window.addBeyond(`ahead${index}`, START + 10 * LOOKBACK + index);
		}
		const storedOf = (bytes: number) => {
			const { seen, ahead } = window.toStored(bytes);
			return [seen.reduce((sum, group) => sum + (group.length - 7) / 6, 0), ahead.length];
		};
		expect([10_000, 4_800, 960, 48, 0].map(storedOf)).toEqual([[100, 100], [100, 100], [78, 20], [2, 1], [0, 0]]);
		expect(window.toStored(48).ahead).toEqual([`ahead99.${(START + 10 * LOOKBACK + 99).toString(36)}`]);
		const copy = restored(window, START + 99, { bytes: 960 });
		expect([copy.has(nth(99), START + 99), copy.has('ahead99', START + 10 * LOOKBACK + 99), copy.forgottenUpTo]).toEqual([true, true, START + 999]);
		copy.add('much later', START + 9 * LOOKBACK);
		expect(copy.has('ahead99')).toBe(true);
	});
});

/** The window as its description says, without a thought for speed. */
class PlainWindow {
	private entries: Array<{ id: string; time: number }> = [];
	private beyond: Array<{ id: string; time: number }> = [];
	private newest = -Infinity;
	private dropped: number[] = [];
	private groups: Array<{ second: number; ids: string[] }> = [];

	constructor(
		private readonly lookback: number,
		private readonly capacity: number,
	) {}

	add(id: string, time: number | undefined) {
		const at = time ?? (this.newest === -Infinity ? 0 : this.newest);
		this.beyond = this.beyond.filter((entry) => entry.id !== id);
		if (!this.has(id)) {
			this.entries.push({ id, time: at });
			const second = Math.floor(at / 1_000);
			if (!this.groups.some((group) => group.second === second)) this.groups.push({ second, ids: [] });
			this.groups.find((group) => group.second === second)!.ids.push(id.slice(0, 6));
		}
		if (this.entries.some((entry) => entry.id === id && entry.time === at)) this.newest = Math.max(this.newest, at);
		while (this.entries.length > 0) {
			const [first] = this.entries;
			if (first.time >= this.newest - this.lookback && (this.entries.length <= this.capacity || first.time === this.newest)) break;
			this.dropped.push(this.entries.shift()!.time);
			this.groups.find(({ second }) => second === Math.floor(first.time / 1_000))!.ids.shift();
			this.groups = this.groups.filter(({ ids }) => ids.length > 0);
		}
		for (const entry of this.beyond.filter(({ time: ahead }) => ahead < this.newest - this.lookback)) this.dropped.push(entry.time);
		this.beyond = this.beyond.filter(({ time: ahead }) => ahead >= this.newest - this.lookback);
	}

	addBeyond(id: string, time: number | undefined) {
		if (!this.has(id)) this.beyond.push({ id, time: time ?? NEVER });
		this.beyond = this.beyond.slice(-this.capacity);
	}

	has(id: string) {
		return [...this.entries, ...this.beyond].some((entry) => entry.id === id);
	}

	state(bytes: number) {
		const ahead = this.beyond.slice(Math.max(0, this.beyond.length - Math.floor(bytes / 48)));
		const stored: Array<{ second: number; ids: string[] }> = [];
		const missing: number[] = [];
		let room = bytes - 24 * ahead.length;
		for (const { second, ids } of [...this.groups].reverse()) {
			const fitting = ids.slice(ids.length - Math.max(0, Math.min(ids.length, Math.floor((room - 10) / 6))));
			if (fitting.length > 0) stored.push({ second, ids: fitting });
			if (fitting.length < ids.length) missing.push(second * 1_000 + 999);
			room -= 10 + 6 * fitting.length;
		}
		const max = (times: number[]) => (times.length === 0 ? undefined : Math.max(...times));
		return {
			size: this.entries.length + this.beyond.length,
			forgottenUpTo: max(this.dropped),
			stored: {
				seen: stored.map(({ second, ids }) => `${second.toString(36)}:${ids.join('')}`),
				ahead: ahead.map(({ id, time }) => `${id}.${time.toString(36)}`),
				forgottenUpTo: max([...this.dropped, ...missing]),
			},
		};
	}
}

const step = fc.record({
	id: fc.integer({ min: 0, max: 30 }),
	time: fc.option(fc.integer({ min: -2_000, max: 12_000 }), { nil: undefined }),
	isBeyond: fc.boolean(),
	bytes: fc.constantFrom(0, 50, 120, 10_000),
});
const stateOf = (window: SeenWindow, bytes: number) => ({ size: window.size, forgottenUpTo: window.forgottenUpTo, stored: window.toStored(bytes) });

test('remembers, forgets and stores as its description says, in whatever order events come and come again', () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(0, 4_000, 200_000), fc.constantFrom(1, 4, 20_000), (steps, lookback, capacity) => {
			const window = new SeenWindow(lookback, capacity);
			const plain = new PlainWindow(lookback, capacity);
			for (const { id, time, isBeyond, bytes } of steps) {
				for (const one of [window, plain]) isBeyond ? one.addBeyond(nth(id), time) : one.add(nth(id), time);
				expect(stateOf(window, bytes)).toEqual(plain.state(bytes));
			}
			for (let id = 0; id <= 30; id++) expect(window.has(nth(id))).toBe(plain.has(nth(id)));
		}),
		{ numRuns: 300 },
	);
});

test('a long stream with repeats is remembered like a short one', () => {
	const window = new SeenWindow(50, 40);
	const plain = new PlainWindow(50, 40);
	for (let index = 0; index < 9_500; index++) {
		const id = nth(index % 7 === 0 ? index - 5 : index);
		const time = index % 11 === 0 ? index - 30 : index;
		for (const one of [window, plain]) index % 13 === 0 ? one.addBeyond(id, time + 20) : one.add(id, time);
		if (index % 50 === 0 || (index > 4_050 && index < 4_150) || (index > 8_180 && index < 8_230)) {
			const bytes = index % 3 === 0 ? 100 : 400;
			expect(stateOf(window, bytes)).toEqual(plain.state(bytes));
		}
	}
});

test('takes no more memory the longer a stream goes on', () => {
	const window = new SeenWindow(100);
	const size = (from: number, to: number) => {
		let largest = 0;
		for (let index = from; index < to; index++) {
			window.add(`id${index}`, START + index);
			window.addBeyond(`ahead${index}`, START + index + 50);
			if (index % 1_000 !== 0) continue;
			window.toStored(500);
			largest = Math.max(largest, JSON.stringify(window).length);
		}
		return largest;
	};
	const first = size(0, 6_000);
	expect(size(6_000, 16_000)).toBeLessThan(first * 1.5);
});

test('an event without a time counts as new as the newest, and as the oldest of all when it is the first', () => {
	const window = new SeenWindow(10);
	window.add('first', undefined);
	expect(window.toStored(MANY_BYTES).seen).toEqual(['0:first']);
	window.add('timed', 36_500);
	window.add('later', undefined);
	expect(window.toStored(MANY_BYTES).seen).toEqual(['10:timedlater']);
});
