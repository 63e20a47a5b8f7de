import { Reoffer } from '../../../../nodes/shared/delivery/reoffer.ts';
import type { AfterRestart } from '../../../../nodes/shared/delivery/settings.ts';
import type { PicoEvent } from '../../../../nodes/shared/events/event.ts';
import { completion } from '../../../kit/fakeN8n.mts';

const [a, b, c, d] = [0, 1, 2, 3].map((index) => completion(index));
const replayed = () => true;
const reoffer = (policy: AfterRestart = 'never', members: PicoEvent[] = [a, b]) => new Reoffer({ ids: members.map(({ id }) => id), key: 'old key', attempt: 2 }, policy);

test('comes as the very batch that was under way, in its order, whatever order the events come in', () => {
	const waiting = reoffer();
	expect(waiting.add([c, b])).toEqual({ complete: false });
	expect(waiting.add([d, a])).toEqual({ complete: true });
	expect(waiting.release(replayed)).toEqual({ batch: { events: [a, b], attempt: 2, key: 'old key', replayed }, later: [c, d] });
});

test('comes as another attempt under a new key when told to run again', () => {
	const waiting = reoffer('again');
	waiting.add([a, b]);
	const { batch } = waiting.release(replayed);
	expect(batch).toEqual({ events: [a, b], attempt: 3, replayed });
	expect(batch).not.toHaveProperty('key');
});

test('an event that comes twice meanwhile counts once', () => {
	const waiting = reoffer();
	expect(waiting.add([a, a, c, c])).toEqual({ complete: false });
	waiting.add([c, b]);
	expect(waiting.release(replayed)).toMatchObject({ batch: { events: [a, b] }, later: [c] });
});

test('comes as far as it came together, and not at all when nothing of it came', () => {
	const part = reoffer();
	part.add([b, c]);
	expect(part.release(replayed)).toMatchObject({ batch: { events: [b] }, later: [c] });
	const nothing = reoffer();
	nothing.add([c]);
	expect(nothing.release(replayed)).toEqual({ later: [c] });
});

test('does not let the queue behind it grow without end', () => {
	const waiting = reoffer();
	const many = Array.from({ length: 5_000 }, (_, index) => ({ id: `x${index}`, subject: '', cursor: '', row: {} }));
	expect(waiting.add(many.slice(1))).toEqual({ complete: false });
	expect(waiting.add(many.slice(0, 1))).toEqual({ complete: true });
});
