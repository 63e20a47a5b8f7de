import type { Run } from '../kit/command.mts';
import type { Places } from '../kit/places.mts';
import type { FlowsServer } from './flows.mts';
import type { Row } from './report.mts';

export interface Bench {
	places: Places;
	/** Smaller sizes and fewer runs: shows that everything works, decides nothing. */
	quick: boolean;
	say(text: string): void;
	onEnd: Run['onEnd'];
	/** The real n8n with our package and all workflows of the bench; started when first asked for. */
	n8n(): Promise<FlowsServer>;
}

/** Measures and tells what came out. */
export type Question = (bench: Bench) => Promise<Row[]>;

/** Runs of each side, the warm-up not counted. */
export const runs = ({ quick }: Pick<Bench, 'quick'>) => (quick ? 2 : 5);

export const thousands = (count: number) => count.toLocaleString('en-US');
