/** Nanoseconds of the machine's steady clock, as text. */
export const now = () => process.hrtime.bigint().toString();

/** When each live event was written, and when the first call of a workflow came of it. */
export class Arrivals {
	private order: string[] = [];
	private pushed: Record<string, string> = {};
	private polled: Record<string, string> = {};
	private toPoll: string[] = [];
	private polls: string[] = [];
	private items = 0;

	clear(): void {
		this.order = [];
		this.pushed = {};
		this.polled = {};
		this.toPoll = [];
		this.polls = [];
		this.items = 0;
	}

	/** An event is named by the time at which it was written. */
	written(time: string, row: string): void {
		this.order.push(time);
		this.toPoll.push(row);
	}

	wasCollected = (time: string) => this.pushed[time] !== undefined;

	/** The rows since the last poll, as JSON: a poller with a perfect memory. */
	poll(): string {
		return `[${this.toPoll.splice(0).join(',')}]`;
	}

	/** A call of a workflow: one pushed event, all events of a poll, or how many items a batch held. */
	collect({ serial, polled, items }: { serial?: string; polled?: string[]; items?: number }, at: string): void {
		if (serial !== undefined) this.pushed[serial] ??= at;
		if (polled !== undefined) this.polls.push(at);
		for (const each of polled ?? []) this.polled[each] ??= at;
		this.items += items ?? 0;
	}

	get times() {
		return { written: this.order, arrived: this.pushed, polled: this.polled, polls: this.polls };
	}

	get counts() {
		return { items: this.items, polls: this.polls.length, pushed: Object.keys(this.pushed).length };
	}
}
