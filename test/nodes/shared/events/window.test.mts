import fc from 'fast-check';

import { fromNanos } from '../../../../nodes/shared/events/timestamp.ts';
import { SeenWindow } from '../../../../nodes/shared/events/window.ts';

const LOOKBACK = 300_000;
const at = (ms: number) => fromNanos(BigInt(ms) * 1_000_000n);
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
	window.restore([null, 7, '', 'no-time', 'good.abc', { id: 'x' }]);
	expect(window.has('good')).toBe(true);
	expect(window.size).toBe(1);
});
