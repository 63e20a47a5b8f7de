/**
 * Ctrl-C (and SIGTERM, and a closed terminal) at any moment: everything that was started is stopped, newest first,
 * and said so. A second Ctrl-C while that goes on ends the process at once.
 */

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const cleanups = [];
let stopping = false;

/** True once an interrupt has begun: errors that follow from it need no report. */
export const isStopping = () => stopping;

/**
 * Registers something to undo on an interrupt.
 *
 * @param {string} name what is said while stopping it; empty = silently
 * @param {() => unknown} stop
 * @returns {() => void} forgets it again (it has been stopped in the ordinary way)
 */
export function onInterrupt(name, stop) {
	const entry = { name, stop };
	cleanups.push(entry);
	return () => {
		const at = cleanups.indexOf(entry);
		if (at >= 0) cleanups.splice(at, 1);
	};
}

/** Stops everything that is registered, newest first. */
export async function stopEverything(say = () => {}) {
	stopping = true;
	while (cleanups.length > 0) {
		const { name, stop } = cleanups.pop();
		if (name) say(`Stopping ${name} ...`);
		try {
			await stop();
		} catch (cause) {
			say(`  could not stop ${name}: ${cause instanceof Error ? cause.message : cause}`);
		}
	}
}

/** @param {import('./steps.mjs').Steps} steps where messages go */
export function handleInterrupts(steps) {
	const say = (text) => steps.say(text);
	for (const [signal, code] of Object.entries(EXIT_CODES)) {
		process.on(signal, () => {
			if (stopping) process.exit(code);
			steps.halt();
			say('');
			void stopEverything(say).then(() => {
				say('Stopped. Nothing is left running.');
				process.exit(code);
			});
			stopping = true;
		});
	}
}
