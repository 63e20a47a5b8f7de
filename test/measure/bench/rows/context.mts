import type { SandboxProcess } from '../../../kit/sandbox.mts';
import type { FlowsServer } from '../lib/flowsServer.mts';
import type { Places } from '../lib/places.mts';
import type { Row } from '../lib/row.mts';

export interface Bench {
	places: Places;
	/** Smaller sizes and fewer runs: shows that everything works, decides nothing. */
	quick: boolean;
	say(text: string): void;
	/** The real n8n with our package and all workflows of the bench; started when first asked for. */
	n8n(): Promise<FlowsServer>;
}

/** Measures and tells what came out. */
export type Measure = (bench: Bench) => Promise<Row[]>;

export const accessOf = ({ endpoint, token }: SandboxProcess) => ({ endpoint, token });

/** Runs of each side, the warm-up not counted. */
export const runs = ({ quick }: Pick<Bench, 'quick'>) => (quick ? 2 : 5);

export const thousands = (count: number) => count.toLocaleString('en-US');
