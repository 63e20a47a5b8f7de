import { pause } from '../../../../demo/lib/poll.mts';
import type { Random } from '../../kit/random.mts';
import type { SandboxProcess } from '../../../kit/sandbox.mts';

const TIE_SHARE = 0.02;
const LATE_SHARE = 0.02;
/** How far behind the newest event a late one lies. */
const LATE_MS = [2_000, 60_000] as const;
/** More than this is not made up for when the machine was busy. */
const MOST_BEHIND_MS = 10_000;

export interface EventCounts {
	made: number;
	ties: number;
	/** Appeared behind newer ones: shown by open streams, and found only by reading the window again. */
	late: number;
	lateHidden: number;
}

/** Makes completions at a steady rate, some with equal times, some behind newer ones. */
export class Events {
	readonly counts: EventCounts = { made: 0, ties: 0, late: 0, lateHidden: 0 };
	/** Whether open streams leave out late events now. */
	hides = false;
	private next = 0;

	constructor(
		private readonly sandbox: SandboxProcess,
		private readonly random: Random,
		/** Told before the event is made. */
		private readonly onMake: (order: string, hidden: boolean) => void,
	) {}

	async hide(hides: boolean): Promise<void> {
		await this.sandbox.control('POST', 'switches', { reorder: hides ? 'late-hidden' : 'off' });
		this.hides = hides;
	}

	/** Resolves at `until` (milliseconds) or when `stopped`. */
	async make(rate: number, until: number, stopped: AbortSignal): Promise<void> {
		let due = Date.now();
		while (Date.now() < until && !stopped.aborted) {
			const count = await this.one();
			due = Math.max(due + (count * 1000) / rate, Date.now() - MOST_BEHIND_MS);
			await pause(Math.max(0, due - Date.now()));
		}
	}

	private async one(): Promise<number> {
		const { counts, random } = this;
		const kind = random.next();
		const tie = kind < TIE_SHARE;
		const late = !tie && kind < TIE_SHARE + LATE_SHARE && counts.made > 0;
		const count = tie ? 2 : 1;
		const orderPrefix = `MO${this.next++}`;
		const at = Date.now() - (late ? random.whole(...LATE_MS) : 0);
		for (let index = 1; index <= count; index++) this.onMake(`${orderPrefix}-${index}`, late && this.hides);
		counts.made += count;
		if (tie) counts.ties++;
		if (late) counts[this.hides ? 'lateHidden' : 'late']++;
		const startAt = new Date(at).toISOString();
		await this.sandbox.control('POST', 'completions/bulk', { count, startAt, stepNs: 1_000_000, tieEvery: tie ? 2 : 0, orderPrefix });
		return count;
	}
}
