import { deduplicationKey as keyOf, type Batch } from '../../../../nodes/shared/delivery/batch.ts';
import type { EventChoice } from '../../../../nodes/shared/delivery/settings.ts';
import { settingsWith } from '../../../kit/fakeN8n.mts';

const deduplicationKey = (choice: EventChoice, ids: readonly string[], attempt: number, outages = 0) => keyOf(choice, ids, { attempt, outages } as Batch);

test('the key of one event names workflow, node, event and attempt, and which run of the attempt it is', () => {
	expect(deduplicationKey(settingsWith(), ['E1'], 2)).toBe('pico:w:n:E1:2');
	expect(deduplicationKey(settingsWith(), ['E1'], 2, 7)).toBe('pico:w:n:E1:2.7');
});

test('keys differ by workflow, node, event, attempt and reset key', () => {
	const keys = [
		deduplicationKey(settingsWith(), ['E1'], 1),
		deduplicationKey(settingsWith({ owner: { workflowId: 'w2', nodeId: 'n' } }), ['E1'], 1),
		deduplicationKey(settingsWith({ owner: { workflowId: 'w', nodeId: 'n2' } }), ['E1'], 1),
		deduplicationKey(settingsWith(), ['E2'], 1),
		deduplicationKey(settingsWith(), ['E1', 'E2'], 1),
		deduplicationKey(settingsWith(), ['E1', 'E3'], 1),
		deduplicationKey(settingsWith(), ['E1', 'E2', 'E3'], 1),
		deduplicationKey(settingsWith(), ['E1'], 2),
		deduplicationKey(settingsWith({ resetKey: 'a' }), ['E1'], 1),
		deduplicationKey(settingsWith({ resetKey: 'b' }), ['E1'], 1),
	];
	expect(new Set(keys).size).toBe(keys.length);
});

test('the key of a batch is as short as that of one event, and frozen: a change would start stored batches twice', () => {
	const ids = Array.from({ length: 500 }, (_, index) => `event-${index}`);
	expect(deduplicationKey(settingsWith(), ids, 1)).toMatch(/^pico:w:n:[\w-]{24}:1$/);
	expect(deduplicationKey(settingsWith(), ['E1', 'E2'], 1)).toBe('pico:w:n:LJrW-0u3iChBlWSelmsCn6bN:1');
	expect(deduplicationKey(settingsWith({ resetKey: 'again' }), ['E1'], 1)).toBe('pico:w:n:E1:1:tMnhQGHC');
});

test('a key fits into the column of n8n, that of the Failed output too, however long the ids of workflow and node are', () => {
	const fits = settingsWith({ owner: { workflowId: 'w'.repeat(229), nodeId: 'n' } });
	expect(deduplicationKey(fits, ['E'], 1)).toBe(`pico:${'w'.repeat(229)}:n:E:1`);
	expect(deduplicationKey(fits, ['E'], 1)).toHaveLength(240);
	const long = [1, 2].map((attempt) => deduplicationKey(fits, ['E1'], attempt));
	for (const key of long) expect(key).toMatch(/^pico:[\w-]{24}$/);
	expect(long[0]).not.toBe(long[1]);
});
