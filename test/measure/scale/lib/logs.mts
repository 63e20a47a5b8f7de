import { readFileSync } from 'node:fs';

/** Lines in which the trigger says that it heard nothing of a run. */
export function noWords(logFile: string): number {
	return readFileSync(logFile, 'utf8').match(/No word of the run/g)?.length ?? 0;
}
