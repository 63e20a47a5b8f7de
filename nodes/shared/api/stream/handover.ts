/**
 * Hands items from a producer to a consumer. The producer asks before it fetches more and is let go on only when
 * everything was taken and the consumer waits: this is what carries back-pressure from a slow workflow to the socket.
 */
export class Handover<T> {
	private readonly items: T[] = [];
	private closed = false;
	private waiting = false;
	private wakeConsumer = () => {};
	private wakeProducer = () => {};

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
		this.wakeProducer();
	}

	/** For the producer: resolves when the consumer waits for more, or after `close`. */
	async wanted(): Promise<void> {
		if (this.closed || (this.waiting && this.items.length === 0)) return;
		await new Promise<void>((resolve) => (this.wakeProducer = resolve));
	}

	/** For the consumer: the next item; `undefined` once closed and empty. */
	async take(): Promise<T | undefined> {
		while (this.items.length === 0) {
			if (this.closed) return undefined;
			this.waiting = true;
			const more = new Promise<void>((resolve) => (this.wakeConsumer = resolve));
			this.wakeProducer();
			await more;
		}
		this.waiting = false;
		return this.items.shift();
	}
}
