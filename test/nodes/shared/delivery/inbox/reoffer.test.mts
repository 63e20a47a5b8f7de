import { Reoffer } from '../../../../../nodes/shared/delivery/inbox/reoffer.ts';
import type { AfterRestart } from '../../../../../nodes/shared/delivery/settings.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
const reoffer = (policy: AfterRestart = 'skip', outages?: number) => new Reoffer<{ id: string }>({ ids: ['a', 'b'], key: 'old key', attempt: 2, outages }, policy);

test('comes as the very batch that was under way, in its order, whatever order the events come in', () => {
	const waiting = reoffer();
	expect([waiting.add([c, b]), waiting.add([d, a])]).toEqual([false, true]);
	expect(waiting.release()).toEqual({ members: [a, b], absent: [], later: [c, d] });
});

test.each([
	['skip', undefined, { attempt: 2, outages: 0, key: 'old key' }],
	['skip', 3, { attempt: 2, outages: 3, key: 'old key' }],
	['again', undefined, { attempt: 3, outages: 0 }],
	['again', 0, { attempt: 3, outages: 0 }],
	['again', 3, { attempt: 2, outages: 4 }],
] as const)('with %s after %p outages its next run is %j', (policy, outages, expected) => {
	expect(reoffer(policy, outages).nextRun).toStrictEqual(expected);
});

test('an event that comes twice meanwhile counts once', () => {
	const waiting = reoffer();
	expect(waiting.add([a, a, c, c])).toBe(false);
	waiting.add([c, b]);
	expect(waiting.release()).toEqual({ members: [a, b], absent: [], later: [c] });
});

test('comes as far as it came together', () => {
	const part = reoffer();
	part.add([b, c]);
	expect(part.release()).toEqual({ members: [b], absent: ['a'], later: [c] });
	expect(reoffer().release()).toEqual({ members: [], absent: ['a', 'b'], later: [] });
});

test('is empty until something comes, be it from behind the batch', () => {
	const [nothing, part, behind] = [reoffer(), reoffer(), reoffer()];
	part.add([a]);
	behind.add([c]);
	expect([nothing, part, behind].map(({ isEmpty }) => isEmpty)).toEqual([true, false, false]);
});

test('does not let the queue behind it grow without end', () => {
	const waiting = reoffer();
	const many = Array.from({ length: 5_000 }, (_, index) => ({ id: `x${index}` }));
	expect([waiting.add(many.slice(1)), waiting.add(many.slice(0, 1))]).toEqual([false, true]);
});
