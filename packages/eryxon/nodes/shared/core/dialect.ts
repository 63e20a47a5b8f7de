import { isObject } from './answers';
import type { Generation } from './entities';

/**
 * Which generation answers, from two cheap questions.
 *
 * @param jobs `data` of a list of jobs: a bare list was given up after the first generation
 * @param hasDeliveries whether the list of webhook deliveries exists, which the third generation brought
 */
export function generationOf(jobs: unknown, hasDeliveries: () => Promise<boolean>): Generation | Promise<Generation> {
	if (Array.isArray(jobs)) return 'documented';
	if (!isObject(jobs)) return 'documented';
	return hasDeliveries().then((has) => (has ? 'strict' : 'generic'));
}

export const GENERATION_NAMES: Record<Generation, string> = {
	documented: 'as documented, before 0.2',
	generic: '0.2 to 0.9',
	strict: '0.10 and newer',
};
