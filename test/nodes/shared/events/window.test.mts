import fc from 'fast-check';

import { SeenWindow } from '../../../../nodes/shared/events/window.ts';

const LOOKBACK = 300_000;
const START = Date.UTC(2026, 0, 5);
const NEVER = Number.MAX_SAFE_INTEGER;

/** A window that took in what another one stored. */
function restored(window: SeenWindow, { limit = 10_000, lookbackMs = LOOKBACK, cursorMs = NEVER } = {}): SeenWindow {
	const { marks, forgottenUpTo } = window.marks(limit);
	const copy = new SeenWindow(lookbackMs);
	copy.restore(JSON.parse(JSON.stringify(marks)) as unknown[], forgottenUpTo, cursorMs);
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

test('survives being stored and read back', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.stringMatching(/^[\w-]{12}$/), { maxLength: 100 }), (ids) => {
			const window = new SeenWindow(LOOKBACK);
			ids.forEach((id, index) => (index % 3 === 0 ? window.addBeyond(id, START + index) : window.add(id, START + index)));
			const copy = restored(window);
			expect(ids.every((id) => copy.has(id))).toBe(true);
			expect(copy.forgottenUpTo).toBeUndefined();
		}),
	);
});

test('says up to which time ids are missing where only some are stored, and keeps saying so', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 1_000; index++) window.add(`id${index}`, START + index);
	expect(window.marks(100)).toMatchObject({ marks: { length: 100 }, forgottenUpTo: START + 899 });
	expect(window.marks(1_000).forgottenUpTo).toBeUndefined();
	const copy = restored(window, { limit: 100 });
	copy.add('much later', START + 200_000);
	expect(copy.forgottenUpTo).toBe(START + 899);
	expect(copy.marks(1_000).forgottenUpTo).toBe(START + 899);
	copy.add('later still', START + 2 * LOOKBACK);
	expect(copy.forgottenUpTo).toBe(START + 200_000);
});

test('an id that is stored out of the order of time is covered by the time before it', () => {
	const window = new SeenWindow(LOOKBACK);
	window.add('late', START + 5_000);
	for (let index = 0; index < 10; index++) window.add(`id${index}`, START + index);
	expect(window.marks(5).forgottenUpTo).toBe(START + 5_000);
});

test('stays small however many ids come within the look-back', () => {
	const window = new SeenWindow(LOOKBACK, 500);
	for (let index = 0; index < 10_000; index++) window.add(`id${index}`, START + index);
	expect([window.size, window.forgottenUpTo]).toEqual([500, START + 9_499]);
});

test('keeps five thousand ids when nobody says how many', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 5_001; index++) window.add(`id${index}`, START + index);
	expect([window.size, window.has('id0'), window.has('id1')]).toEqual([5_000, false, true]);
});

test('keeps every id of the newest moment, up to a hundred thousand, and no more of them than others once it is past', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 3_000; index++) window.add(`early${index}`, START - 1);
	for (let index = 0; index < 100_000; index++) window.add(`id${index}`, START);
	expect([window.size, window.forgottenUpTo, window.has('id0'), window.has('early2999')]).toEqual([100_000, START - 1, true, false]);
	window.add('one more', START);
	expect([window.size, window.forgottenUpTo, window.has('id0'), window.has('id1')]).toEqual([100_000, START, false, true]);
	window.add('next', START + 1);
	expect([window.size, window.forgottenUpTo, window.has('next')]).toEqual([5_000, START, true]);
});

test('an id that comes again changes nothing', () => {
	const window = new SeenWindow(LOOKBACK);
	window.add('a', START);
	window.add('b', START + 1);
	const before = window.marks(9);
	window.add('a', START + 2);
	expect([window.marks(9), window.size]).toEqual([before, 2]);
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

	test('is bounded: what came first goes first', () => {
		const window = new SeenWindow(LOOKBACK, 3);
		for (const id of ['a', 'b', 'c', 'a', 'd']) window.addBeyond(id, START + 10 * LOOKBACK);
		expect(['a', 'b', 'c', 'd'].map((id) => window.has(id))).toEqual([false, true, true, true]);
	});

	test('without a time stays beyond for good', () => {
		const window = new SeenWindow(LOOKBACK);
		window.addBeyond('timeless', undefined);
		for (let step = 1; step <= 5; step++) window.add(`id${step}`, START + step * 10 * LOOKBACK);
		expect(restored(window, { cursorMs: START + 50 * LOOKBACK }).has('timeless')).toBe(true);
	});

	test('is inside once it is delivered in its turn', () => {
		const window = new SeenWindow(LOOKBACK);
		window.addBeyond('a', START + 50);
		window.add('a', START + 50);
		expect([window.size, window.marks(9).marks]).toEqual([1, [`a.${(START + 50).toString(36)}`]]);
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

	test('is stored beside the rest, and neither crowds out the other', () => {
		const window = new SeenWindow(LOOKBACK);
		for (let index = 0; index < 100; index++) {
			window.add(`in${index}`, START + index);
			window.addBeyond(`ahead${index}`, START + 10 * LOOKBACK + index);
		}
		const storedOf = (limit: number) => {
			const { marks } = window.marks(limit);
			return [marks.length, marks.filter((mark) => mark.startsWith('ahead')).length];
		};
		expect([200, 150, 20, 1, 0].map(storedOf)).toEqual([[200, 100], [150, 75], [20, 10], [1, 0], [0, 0]]);
		const copy = restored(window, { limit: 20, cursorMs: START + 99 });
		expect([copy.has('in99'), copy.has('ahead99'), copy.forgottenUpTo]).toEqual([true, true, START + 89]);
		copy.add('much later', START + 9 * LOOKBACK);
		expect(copy.has('ahead99')).toBe(true);
		const few = new SeenWindow(LOOKBACK);
		few.add('in', START);
		for (let index = 0; index < 100; index++) few.addBeyond(`ahead${index}`, START + 10 * LOOKBACK);
		expect(few.marks(20).marks.filter((mark) => mark.startsWith('ahead'))).toHaveLength(19);
	});
});

/** The window as its description says, without a thought for speed. */
class PlainWindow {
	private entries: Array<{ id: string; time: number }> = [];
	private beyond: Array<{ id: string; time: number }> = [];
	private before: number[] = [];
	private newest = -Infinity;
	private dropped: number[] = [];

	constructor(
		private readonly lookback: number,
		private readonly capacity: number,
	) {}

	add(id: string, time: number | undefined) {
		const at = time ?? (this.newest === -Infinity ? 0 : this.newest);
		this.beyond = this.beyond.filter((entry) => entry.id !== id);
		if (!this.has(id)) this.entries.push({ id, time: at });
		if (this.entries.some((entry) => entry.id === id && entry.time === at)) this.newest = Math.max(this.newest, at);
		const drop = ({ time: gone }: { time: number }) => {
			this.dropped.push(gone);
			this.before.push(gone);
		};
		while (this.entries.length > 0) {
			const [first] = this.entries;
			if (first.time >= this.newest - this.lookback && (this.entries.length <= this.capacity || first.time === this.newest)) break;
			drop(this.entries.shift()!);
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

	state(limit: number) {
		const ahead = this.beyond.slice(Math.max(0, this.beyond.length - Math.max(Math.floor(limit / 2), limit - this.entries.length)));
		const left = this.entries.slice(0, Math.max(0, this.entries.length - (limit - ahead.length)));
		const max = (times: number[]) => (times.length === 0 ? undefined : Math.max(...times));
		return {
			size: this.entries.length + this.beyond.length,
			forgottenUpTo: max(this.dropped),
			marks: {
				marks: [...ahead, ...this.entries.slice(left.length)].map(({ id, time }) => `${id}.${time.toString(36)}`),
				// Where something is left out, what went before it counts as well.
				forgottenUpTo: max([...this.dropped, ...(left.length > 0 ? [...this.before, ...left.map(({ time }) => time)] : [])]),
			},
		};
	}
}

const step = fc.record({
	id: fc.integer({ min: 0, max: 30 }),
	time: fc.option(fc.integer({ min: -10, max: 60 }), { nil: undefined }),
	isBeyond: fc.boolean(),
	limit: fc.constantFrom(0, 1, 3, 100),
});
const stateOf = (window: SeenWindow, limit: number) => ({ size: window.size, forgottenUpTo: window.forgottenUpTo, marks: window.marks(limit) });

test('remembers, forgets and stores as its description says, in whatever order events come and come again', () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(0, 20, 1_000), fc.constantFrom(1, 4, 5_000), (steps, lookback, capacity) => {
			const window = new SeenWindow(lookback, capacity);
			const plain = new PlainWindow(lookback, capacity);
			for (const { id, time, isBeyond, limit } of steps) {
				for (const one of [window, plain]) isBeyond ? one.addBeyond(`id${id}`, time) : one.add(`id${id}`, time);
				expect(stateOf(window, limit)).toEqual(plain.state(limit));
			}
			for (let id = 0; id <= 30; id++) expect(window.has(`id${id}`)).toBe(plain.has(`id${id}`));
		}),
		{ numRuns: 300 },
	);
});

test('a long stream with repeats is remembered like a short one', () => {
	const window = new SeenWindow(50, 40);
	const plain = new PlainWindow(50, 40);
	for (let index = 0; index < 9_500; index++) {
		const id = index % 7 === 0 ? `id${index - 5}` : `id${index}`;
		const time = index % 11 === 0 ? index - 30 : index;
		for (const one of [window, plain]) index % 13 === 0 ? one.addBeyond(id, time + 20) : one.add(id, time);
		if (index % 50 === 0 || (index > 4_050 && index < 4_150) || (index > 8_180 && index < 8_230)) {
			const limit = index % 3 === 0 ? 10 : 30;
			expect(stateOf(window, limit)).toEqual(plain.state(limit));
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
			window.marks(10);
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
	expect(window.marks(9).marks).toEqual(['first.0']);
	window.add('timed', 36);
	window.add('later', undefined);
	expect(window.marks(9).marks).toEqual(['timed.10', 'later.10']);
});

test('skips stored marks that cannot be read', () => {
	const window = new SeenWindow(LOOKBACK);
	window.restore([null, 7, 7.5, '', 'no-time', 'good.abc', { id: 'x' }, ['a.b']], undefined, NEVER);
	expect([window.has('good'), window.size]).toEqual([true, 1]);
});

test.each(['x good.abc', 'good.abc x', 'good.', '.abc', 'good.ABC', 'goo d.abc', 'good.--1', 'good abc'])(
	'a stored mark that reads %p says nothing',
	(mark) => {
		const window = new SeenWindow(LOOKBACK);
		window.restore([mark], undefined, NEVER);
		expect(window.size).toBe(0);
	},
);

test('restored marks count with their own times, also those before 1970; what is later than the cursor lies beyond', () => {
	const window = new SeenWindow(LOOKBACK);
	window.restore(['a_-1.-zz', 'b.zz', 'c.100', 'd.101'], -5_000, 36 * 36);
	expect(window.marks(9)).toEqual({ marks: ['d.101', 'a_-1.-zz', 'b.zz', 'c.100'], forgottenUpTo: -5_000 });
	window.add('new', LOOKBACK);
	expect(['a_-1', 'b', 'c', 'd'].map((id) => window.has(id))).toEqual([false, true, true, true]);
	expect(window.forgottenUpTo).toBe(-1_295);
});
