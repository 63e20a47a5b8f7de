import fc from 'fast-check';

import { SeenWindow } from '../../../../nodes/shared/events/window.ts';

const LOOKBACK = 300_000;
const at = (ms: number) => new Date(ms).toISOString();
const START = Date.UTC(2026, 0, 5);

test('knows every id that came within the look-back', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 2 * LOOKBACK }), { minLength: 1, maxLength: 200 }), (offsets) => {
			const window = new SeenWindow(LOOKBACK);
			offsets.forEach((offset, index) => window.add(`id${index}`, at(START + offset)));
			const newest = Math.max(...offsets);
			offsets.forEach((offset, index) => {
				if (offset >= newest - LOOKBACK) expect(window.has(`id${index}`)).toBe(true);
			});
		}),
	);
});

test('forgets what is older than the look-back', () => {
	const window = new SeenWindow(LOOKBACK);
	window.add('old', at(START));
	window.add('new', at(START + LOOKBACK + 1));
	expect(window.has('old')).toBe(false);
});

test('survives being stored and read back', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.stringMatching(/^[\w-]{12}$/), { maxLength: 100 }), (ids) => {
			const window = new SeenWindow(LOOKBACK);
			ids.forEach((id, index) => window.add(id, at(START + index)));
			const { marks, floor } = window.marks(1_000);
			const copy = new SeenWindow(LOOKBACK);
			copy.restore(JSON.parse(JSON.stringify(marks)) as unknown[], floor);
			expect(ids.every((id) => copy.has(id))).toBe(true);
			expect(copy.floor).toBeUndefined();
		}),
	);
});

test('says from where on it knows everything when there was no room for all ids', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 1_000; index++) window.add(`id${index}`, at(START + index));
	const { marks, floor } = window.marks(100);
	expect(marks).toHaveLength(100);
	expect(floor).toBe(START + 899);
	const copy = new SeenWindow(LOOKBACK);
	copy.restore(marks, floor);
	expect(copy.floor).toBe(START + 899);
	copy.add('much later', at(START + 2 * LOOKBACK));
	expect(copy.floor).toBeUndefined();
});

test('stays small however many ids come within the look-back', () => {
	const window = new SeenWindow(LOOKBACK, 500);
	for (let index = 0; index < 10_000; index++) window.add(`id${index}`, at(START + index));
	expect(window.size).toBe(500);
	expect(window.floor).toBe(START + 9_499);
});

test('skips stored marks that cannot be read', () => {
	const window = new SeenWindow(LOOKBACK);
	window.restore([null, 7, 7.5, '', 'no-time', 'good.abc', { id: 'x' }, ['a.b']]);
	expect(window.has('good')).toBe(true);
	expect(window.size).toBe(1);
});

/** The window as its description says, without a thought for speed. */
class PlainWindow {
	private entries: Array<{ id: string; time: number }> = [];
	private newest = -Infinity;
	private dropped: number | undefined;

	constructor(
		private readonly lookback: number,
		private readonly capacity: number,
	) {}

	add(id: string, time: number | undefined) {
		const at = time ?? (this.newest === -Infinity ? 0 : this.newest);
		this.entries = [...this.entries.filter((entry) => entry.id !== id), { id, time: at }];
		this.newest = Math.max(this.newest, at);
		while (this.entries.length > 0) {
			const [first] = this.entries;
			if (first.time >= this.newest - this.lookback) {
				if (this.entries.length <= this.capacity) break;
				this.dropped = Math.max(this.dropped ?? first.time, first.time);
			}
			this.entries.shift();
		}
	}

	state(limit: number) {
		const left = this.entries.slice(0, Math.max(0, this.entries.length - limit));
		const floor = this.inside([this.dropped ?? -Infinity]);
		return {
			size: this.entries.length,
			floor,
			marks: {
				marks: this.entries.slice(left.length).map(({ id, time }) => `${id}.${time.toString(36)}`),
				floor: this.inside([...left.map(({ time }) => time), floor ?? -Infinity]),
			},
		};
	}

	ids() {
		return this.entries.map(({ id }) => id);
	}

	private inside(times: number[]) {
		const time = Math.max(...times);
		return time !== -Infinity && time >= this.newest - this.lookback ? time : undefined;
	}
}

const step = fc.record({ id: fc.integer({ min: 0, max: 30 }), time: fc.option(fc.integer({ min: -10, max: 60 }), { nil: undefined }), limit: fc.constantFrom(0, 1, 3, 100) });

test('remembers, forgets and stores as its description says, in whatever order events come and come again', () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(0, 20, 1_000), fc.constantFrom(1, 4, 5_000), (steps, lookback, capacity) => {
			const window = new SeenWindow(lookback, capacity);
			const plain = new PlainWindow(lookback, capacity);
			for (const { id, time, limit } of steps) {
				window.add(`id${id}`, time === undefined ? null : at(time));
				plain.add(`id${id}`, time);
				expect({ size: window.size, floor: window.floor, marks: window.marks(limit) }).toEqual(plain.state(limit));
			}
			const known = new Set(plain.ids());
			for (let id = 0; id <= 30; id++) expect(window.has(`id${id}`)).toBe(known.has(`id${id}`));
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
		window.add(id, at(time));
		plain.add(id, time);
		if (index % 50 === 0 || (index > 4_050 && index < 4_150) || (index > 8_180 && index < 8_230)) {
			const limit = index % 3 === 0 ? 10 : 30;
			expect({ size: window.size, floor: window.floor, marks: window.marks(limit) }).toEqual(plain.state(limit));
		}
	}
});

test('takes no more memory the longer a stream goes on', () => {
	const window = new SeenWindow(100);
	const size = (from: number, to: number) => {
		let largest = 0;
		for (let index = from; index < to; index++) {
			window.add(`id${index}`, at(START + index));
			if (index % 1_000 !== 0) continue;
			window.marks(10);
			largest = Math.max(largest, JSON.stringify(window).length);
		}
		return largest;
	};
	const first = size(0, 6_000);
	expect(size(6_000, 16_000)).toBeLessThan(first * 1.5);
});

test('says from where on the marks are complete, also after forgotten ids were thrown away', () => {
	const window = new SeenWindow(1_000);
	for (let ms = 0; ms < 20_000; ms++) {
		window.add(`id${ms}`, at(START + ms));
		if (ms > 1_000 && ms % 97 === 0) expect(window.marks(10)).toMatchObject({ marks: { length: 10 }, floor: START + ms - 10 });
	}
});

test('an event without a time counts as new as the newest, and as the oldest of all when it is the first', () => {
	const window = new SeenWindow(10);
	window.add('first', '');
	expect(window.marks(9).marks).toEqual(['first.0']);
	window.add('timed', at(36));
	window.add('later', 'no time');
	expect(window.marks(9).marks).toEqual(['timed.10', 'later.10']);
});

test('an id exactly as old as the look-back is still known', () => {
	const window = new SeenWindow(LOOKBACK);
	window.add('edge', at(START));
	window.add('new', at(START + LOOKBACK));
	expect(window.has('edge')).toBe(true);
});

test('keeps five thousand ids when nobody says how many', () => {
	const window = new SeenWindow(LOOKBACK);
	for (let index = 0; index < 5_001; index++) window.add(`id${index}`, at(START));
	expect(window.size).toBe(5_000);
	expect(window.has('id0')).toBe(false);
	expect(window.has('id1')).toBe(true);
});

test.each(['x good.abc', 'good.abc x', 'good.', '.abc', 'good.ABC', 'goo d.abc', 'good.--1', 'good abc'])(
	'a stored mark that reads %p says nothing',
	(mark) => {
		const window = new SeenWindow(LOOKBACK);
		window.restore([mark]);
		expect(window.size).toBe(0);
	},
);

test('restored marks count with their own times, also those before 1970', () => {
	const window = new SeenWindow(LOOKBACK);
	window.restore(['a_-1.-zz', 'b.zz']);
	expect(window.marks(9)).toEqual({ marks: ['a_-1.-zz', 'b.zz'], floor: undefined });
	window.add('new', at(LOOKBACK));
	expect(window.has('a_-1')).toBe(false);
	expect(window.has('b')).toBe(true);
});
