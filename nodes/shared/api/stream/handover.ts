/** Hands items from a producer that cannot be paused to a consumer. */
export class Handover<T> {
	private readonly items: T[] = [];
	private closed = false;
	private wakeConsumer = () => {};

	push(item: T): void {
		this.items.push(item);
		this.wakeConsumer();
	}

	get length(): number {
		return this.items.length;
	}

	/** No more items will come; those pushed before can still be taken. */
	close(): void {
		this.closed = true;
		this.wakeConsumer();
	}

	/** The next item; `undefined` once closed and empty. */
	async take(): Promise<T | undefined> {
		while (this.items.length === 0) {
			if (this.closed) return undefined;
			await new Promise<void>((resolve) => (this.wakeConsumer = resolve));
		}
		return this.items.shift();
	}
}
