import type { PicoEvent } from '../../events/event';
import type { Batch } from '../batch';
import type { InFlight } from '../place/place';
import type { AfterRestart } from '../settings';

/** Events held back at most while the rest of a batch is still missing. */
const LONGEST_QUEUE = 5_000;

/**
 * Puts the batch that was under way at the last stop together again.
 *
 * n8n drops a batch only under the very key it was started with, so the same events have to come as one batch again.
 * Events that arrive in between wait until it is complete, or until it is clear that the rest does not come.
 */
export class Reoffer {
	private readonly members = new Map<string, PicoEvent>();
	private readonly later = new Map<string, PicoEvent>();

	constructor(
		private readonly inFlight: InFlight,
		private readonly policy: AfterRestart,
	) {}

	/** Takes events in; `complete` once the batch is, or enough others queue up. */
	add(events: readonly PicoEvent[]): { complete: boolean } {
		for (const event of events) {
			if (this.inFlight.ids.includes(event.id)) this.members.set(event.id, event);
			// By id: a connection that is made again meanwhile brings the same events again.
			else this.later.set(event.id, event);
		}
		return { complete: this.members.size === this.inFlight.ids.length || this.later.size >= LONGEST_QUEUE };
	}

	/** The batch as far as it came together (`undefined` if nothing came), and what waited behind it. */
	release(replayed: Batch['replayed']): { batch?: Batch; later: PicoEvent[] } {
		const later = [...this.later.values()];
		const events = this.inFlight.ids.map((id) => this.members.get(id)).filter((event): event is PicoEvent => event !== undefined);
		return events.length === 0 ? { later } : { batch: { events, replayed, ...this.nextRun }, later };
	}

	/** A run that was tried again for an outage uses up no attempt after a restart either. */
	private get nextRun(): Pick<Batch, 'attempt' | 'outages' | 'key'> {
		const { attempt, key } = this.inFlight;
		const outages = this.inFlight.outages ?? 0;
		if (this.policy === 'skip') return { attempt, outages, key };
		return outages > 0 ? { attempt, outages: outages + 1 } : { attempt: attempt + 1, outages: 0 };
	}
}
