import type { Batch } from '../batch';
import type { InFlight } from '../place/place';
import type { AfterRestart } from '../settings';

/** Arrivals held back at most while the rest of a batch is still missing. */
const LONGEST_QUEUE = 5_000;

/**
 * Puts the batch that was under way at the last stop together again.
 *
 * n8n drops a batch only under the very key it was started with, so the same events have to come as one batch again. What
 * arrives in between waits until it is complete, or until it is clear that the rest does not come.
 */
export class Reoffer<T extends { id: string }> {
	private readonly members = new Map<string, T>();
	private readonly later = new Map<string, T>();

	constructor(
		private readonly inFlight: InFlight,
		private readonly policy: AfterRestart,
	) {}

	/** @returns whether the batch is complete, or so much waits behind it that it has to do as it is */
	add(arrivals: readonly T[]): boolean {
		for (const arrival of arrivals) {
			// By id: a connection that is made again meanwhile brings the same events again.
			(this.inFlight.ids.includes(arrival.id) ? this.members : this.later).set(arrival.id, arrival);
		}
		return this.members.size === this.inFlight.ids.length || this.later.size >= LONGEST_QUEUE;
	}

	/** Whether nothing has come yet, of the batch or from behind it. */
	get isEmpty(): boolean {
		return this.members.size === 0 && this.later.size === 0;
	}

	/** The batch in its old order, as far as it came together, the ids of the rest, and what waited behind it. */
	release(): { members: T[]; absent: string[]; later: T[] } {
		const members = this.inFlight.ids.map((id) => this.members.get(id)).filter((arrival) => arrival !== undefined);
		return { members, absent: this.inFlight.ids.filter((id) => !this.members.has(id)), later: [...this.later.values()] };
	}

	/** How the batch is to be run. A run that was tried again for an outage uses up no attempt after a restart either. */
	get nextRun(): Pick<Batch, 'attempt' | 'outages' | 'key'> {
		const { attempt, key } = this.inFlight;
		const outages = this.inFlight.outages ?? 0;
		if (this.policy === 'skip') return { attempt, outages, key };
		return outages > 0 ? { attempt, outages: outages + 1 } : { attempt: attempt + 1, outages: 0 };
	}
}
