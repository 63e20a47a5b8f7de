import type { Fault } from '../../kit/faultProxy.mts';
import type { Random } from '../../kit/random.mts';

const CUTS_PER_HOUR = 10;
const BYTE_CUTS_PER_HOUR = 10;
/** From inside the first frame to far into the re-reading of the look-back window. */
const BYTES = [40, 400_000] as const;

export interface Cut {
	/** Share of the run's time. */
	at: number;
	kind: 'cut' | 'bytes';
}

/** When connections are cut: at random moments, one in each of equal stretches of time, in a short run at least two. */
export function cutPlan(minutes: number, random: Random): Cut[] {
	const plan = (kind: Cut['kind'], perHour: number): Cut[] => {
		const count = Math.max(2, Math.round((minutes / 60) * perHour));
		return Array.from({ length: count }, (_, index) => ({ at: (index + random.next()) / count, kind }));
	};
	return [...plan('cut', CUTS_PER_HOUR), ...plan('bytes', BYTE_CUTS_PER_HOUR)].sort((a, b) => a.at - b.at);
}

/** Decides for each connection through the proxy; `arm` lets the next streams break after some bytes. */
export class ByteCuts {
	private armed = 0;

	constructor(private readonly random: Random) {}

	arm(): void {
		this.armed = this.random.whole(1, 3);
	}

	readonly choose = ({ stream }: { stream: boolean }): Fault => {
		if (!stream || this.armed === 0) return { kind: 'none' };
		this.armed--;
		// Small and large numbers are about as likely.
		const [least, most] = BYTES.map(Math.log);
		return { kind: 'cut', afterBytes: Math.round(Math.exp(least + this.random.next() * (most - least))) };
	};
}
