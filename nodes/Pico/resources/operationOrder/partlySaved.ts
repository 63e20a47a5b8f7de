import type { Outcome } from '../../../shared/api/bounded';
import { PicoFailure } from '../../../shared/api/failure';
import { ranges } from '../../helpers/ranges';

/**
 * The failure of an order of which not all units could be saved: what went wrong first, which units Pico confirmed, and
 * whether it is safe to run it again.
 */
export function partlySaved(
	{ orderId, firstIndex, quantity }: { orderId: string; firstIndex: number; quantity: number },
	outcomes: ReadonlyArray<Outcome<unknown>>,
): PicoFailure {
	const first = outcomes.find((outcome) => outcome && 'thrown' in outcome);
	const cause = first && 'thrown' in first ? first.thrown : undefined;
	const failure = cause instanceof PicoFailure ? cause : new PicoFailure('aborted', cause instanceof Error ? cause.message : 'The execution was canceled');
	if (failure.kind === 'input') return failure;

	const saved: number[] = [];
	const unconfirmed: number[] = [];
	outcomes.forEach((outcome, unit) => (outcome && 'value' in outcome ? saved : unconfirmed).push(firstIndex + unit));
	const repeat =
		orderId === ''
			? 'Running it again creates more orders, because there is no order ID.'
			: 'Running it again is safe: Pico stores each unit only once.';
	const progress = saved.length === 0 ? '' : ` Saved: index ${ranges(saved)}. Not confirmed: index ${ranges(unconfirmed)}.`;
	return new PicoFailure(failure.kind, quantity > 1 ? `${failure.message} (${saved.length} of ${quantity} units saved)` : failure.message, {
		...failure.details,
		hint: `${failure.details.hint ?? ''}${progress} ${repeat}`.trim(),
		facts: { orderId, savedIndices: saved, unconfirmedIndices: unconfirmed },
	});
}
