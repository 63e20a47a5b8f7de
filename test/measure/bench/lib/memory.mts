/** Highest growth over a baseline, in bytes. */
export class Memory {
	readonly growth = { rss: 0, heap: 0, rssRaw: 0 };
	private base: { rss: number; heap: number } | undefined;

	private readonly active: boolean;

	constructor(active: boolean) {
		this.active = active;
	}

	baseline(): void {
		global.gc?.();
		const { rss, heapUsed } = process.memoryUsage();
		this.base = { rss, heap: heapUsed };
	}

	sample(): void {
		if (!this.active || !this.base) return;
		this.growth.rssRaw = Math.max(this.growth.rssRaw, process.memoryUsage.rss() - this.base.rss);
		global.gc?.();
		const { rss, heapUsed } = process.memoryUsage();
		this.growth.rss = Math.max(this.growth.rss, rss - this.base.rss);
		this.growth.heap = Math.max(this.growth.heap, heapUsed - this.base.heap);
	}
}
