/** What the plain-JavaScript start (demo/start.mjs) hands to the rest, which is TypeScript. */
export interface Context {
	root: string;
	steps: Steps;
	takeLock: TakeLock;
	/** Registers something to stop on Ctrl-C and at the end; the result forgets it again. */
	onInterrupt(name: string, stop: () => unknown): () => void;
	/** True once Ctrl-C is being handled. */
	isStopping(): boolean;
}

export interface Steps {
	run<T>(name: string, work: (report: (detail: string) => void) => Promise<T> | T): Promise<T>;
	say(text?: string): void;
}

export type TakeLock = (file: string) => { release: () => void } | { holder: { pid: number } };
