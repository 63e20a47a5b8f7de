import { stopAllChildren } from '../../../demo/lib/children.mts';
import { commandLine, type Steps } from '../../../scripts/lib/command-line.mjs';
import { onInterrupt } from '../../../scripts/lib/interrupt.mjs';

/** What every measuring command has at hand. */
export interface Run {
	root: string;
	args: string[];
	steps: Steps;
	began: number;
	/** Seconds since it began. */
	seconds(): number;
	say(text: string): void;
	/** Closes something at the end and on an interrupt, newest first. @returns forgets it */
	onEnd(close: () => unknown): () => void;
}

/** The frame of a measuring command. @param main resolves whether all went well */
export async function measuring(main: (run: Run) => Promise<boolean>): Promise<void> {
	await commandLine(async ({ steps, root, args }) => {
		onInterrupt('', async () => await stopAllChildren(5_000));
		const began = Date.now();
		const seconds = () => (Date.now() - began) / 1000;
		const say = (text: string) => steps.say(`${seconds().toFixed(0).padStart(5)} s  ${text}`);
		return (await main({ root, args, steps, began, seconds, say, onEnd: (close) => onInterrupt('', close) })) ? 0 : 1;
	});
}

export const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
