/** Polls until `check` gives something truthy; throws with `what` when that takes longer than `withinMs`, which a busy machine needs. */
export async function until<T>(what: string, check: () => T | Promise<T>, withinMs = 30_000): Promise<NonNullable<T>> {
	// Not by the clock: some tests set it.
	const deadline = performance.now() + withinMs;
	for (;;) {
		const value = await check();
		if (value) return value as NonNullable<T>;
		if (performance.now() > deadline) throw new Error(`gave up waiting: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
