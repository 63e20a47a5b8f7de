/** What `npm run test:real` must know of a system: one file `system.mts` beside its facts exports it as `system`. */
export interface System {
	/** Options of the command line, with what they mean. */
	readonly options: Readonly<Record<string, string>>;
	/** Options that must be there; of a list, one is enough. */
	readonly needs: ReadonlyArray<string | readonly string[]>;
	/**
	 * Looks at the system without changing it.
	 * @returns the environment in which the facts run on it, and in plain words what they will do there
	 * @throws Error in plain words when the system cannot be reached or does not let us in
	 */
	prepare(values: Readonly<Record<string, string>>): Promise<{ env: Record<string, string>; plan: readonly string[] }>;
}
