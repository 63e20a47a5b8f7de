/**
 * A list of steps with ticks and times. In a terminal the running step shows what it is doing on one line that is
 * written over; elsewhere (a pipe, a CI log) every line is plain text and progress comes every few seconds.
 */

const PLAIN_PROGRESS_EVERY_MS = 5000;
const SPINNER = ['◐', '◓', '◑', '◒'];

export const seconds = (ms) => `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;

/** Thrown by a step to end the whole list with a message for people, without a stack trace. */
export class StepError extends Error {}

export class Steps {
	#out;
	#tty;
	#current;
	#timer;
	#frame = 0;
	#halted = false;
	/** What ran: { name, ms, ok, note }. */
	done = [];

	constructor(out = process.stdout) {
		this.#out = out;
		this.#tty = Boolean(out.isTTY) && process.env.TERM !== 'dumb';
	}

	/**
	 * Runs one step.
	 *
	 * @param {string} name what the reader sees
	 * @param {(report: (detail: string) => void) => any} work may report what it is doing; a string that it resolves
	 *   is shown behind the tick
	 * @returns what `work` resolves
	 */
	async run(name, work) {
		const started = Date.now();
		this.#begin(name);
		try {
			const result = await work((detail) => this.#report(detail));
			this.#end(name, Date.now() - started, true, typeof result === 'string' ? result : '');
			return result;
		} catch (cause) {
			this.#end(name, Date.now() - started, false, '');
			throw cause;
		}
	}

	/** A line of its own between the steps, or above the running one. */
	say(text = '') {
		this.#clear();
		this.#out.write(`${text}\n`);
	}

	/** Ends the moving line, for good: what was under way is being stopped. */
	halt() {
		clearInterval(this.#timer);
		this.#clear();
		if (this.#tty && this.#current) this.#out.write(`✖ ${this.#current.name}: stopped\n`);
		this.#current = undefined;
		this.#halted = true;
	}

	#begin(name) {
		if (this.#halted) return;
		this.#current = { name, detail: '', started: Date.now(), lastPlain: Date.now() };
		if (!this.#tty) {
			this.#out.write(`... ${name}\n`);
			return;
		}
		this.#draw();
		this.#timer = setInterval(() => this.#draw(), 200);
	}

	#report(detail) {
		if (!this.#current) return;
		this.#current.detail = detail;
		if (this.#tty || Date.now() - this.#current.lastPlain < PLAIN_PROGRESS_EVERY_MS) return;
		this.#current.lastPlain = Date.now();
		this.#out.write(`    ${detail} (${seconds(Date.now() - this.#current.started)})\n`);
	}

	#end(name, ms, ok, note) {
		if (this.#halted) return;
		clearInterval(this.#timer);
		this.#clear();
		this.#current = undefined;
		this.done.push({ name, ms, ok, note });
		const mark = this.#tty ? (ok ? '✔' : '✖') : ok ? 'ok ' : 'FAILED';
		this.#out.write(`${mark} ${name}${note ? `: ${note}` : ''} (${seconds(ms)})\n`);
	}

	#draw() {
		if (!this.#current) return;
		const { name, detail, started } = this.#current;
		const frame = SPINNER[this.#frame++ % SPINNER.length];
		const line = `${frame} ${name}  ${seconds(Date.now() - started)}${detail ? `  ${detail}` : ''}`;
		this.#out.write(`\r\u001b[2K${line.slice(0, (this.#out.columns ?? 100) - 1)}`);
	}

	#clear() {
		if (this.#tty) this.#out.write('\r\u001b[2K');
	}
}
