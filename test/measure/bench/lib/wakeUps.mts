import { createHook } from 'node:async_hooks';

/** Counts how often the event loop calls into JavaScript, by what woke it: timers, or anything else such as a socket. */
export class WakeUps {
	private readonly types = new Map<number, string>();
	private counts: Record<string, number> = {};
	private readonly hook = createHook({
		init: (id, type) => void this.types.set(id, type),
		before: (id) => {
			const type = this.types.get(id) ?? 'started before';
			this.counts[type] = (this.counts[type] ?? 0) + 1;
		},
		destroy: (id) => void this.types.delete(id),
	});

	/** To be called before what is counted begins: what exists already is not told apart. */
	watch(): void {
		this.hook.enable();
	}

	/** Calls from now on. */
	restart(): void {
		this.counts = {};
	}

	/** Promises and ticks are no wake-ups of their own: they follow one. */
	read(): { timers: number; others: Record<string, number> } {
		const { Timeout = 0, ...others } = this.counts;
		for (const follower of ['PROMISE', 'TickObject', 'Microtask']) delete others[follower];
		return { timers: Timeout, others };
	}
}
