import type { SandboxProcess } from '../../kit/sandbox.mts';
import type { Places } from '../lib/places.mts';
import type { Row } from '../lib/row.mts';

export interface Bench {
	places: Places;
	say(text: string): void;
}

/** Measures and tells what came out. */
export type Measure = (bench: Bench) => Promise<Row[]>;

export const accessOf = ({ endpoint, token }: SandboxProcess) => ({ endpoint, token });

/** Runs of each side, the warm-up not counted. */
export const RUNS = 5;
