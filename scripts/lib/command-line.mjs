import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handleInterrupts, isStopping, stopEverything } from './interrupt.mjs';
import { insistOnRoot } from './prepare.mjs';
import { StepError, Steps } from './steps.mjs';

/**
 * The frame of every command here: goes to the repository's root, handles Ctrl-C, prints failures for people, stops
 * what is left and sets the exit code.
 *
 * @param {(context: { steps: Steps, root: string, args: string[] }) => Promise<number>} main resolves the exit code
 */
export async function commandLine(main) {
	const steps = new Steps();
	const say = (text) => steps.say(text);
	handleInterrupts(steps);
	let code = 1;
	try {
		const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
		insistOnRoot(root);
		code = await main({ steps, root, args: process.argv.slice(2) });
	} catch (cause) {
		// While an interrupt is handled, things fail because we stop them.
		if (isStopping()) return;
		say('');
		say(cause instanceof StepError ? cause.message : String(cause?.stack ?? cause));
	}
	if (isStopping()) return;
	await stopEverything(say);
	process.exit(code);
}
