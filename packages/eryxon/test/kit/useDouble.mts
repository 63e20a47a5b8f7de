import { forgetGenerations } from '../../nodes/shared/api/generation.ts';
import { startDouble, type DialectName, type Double } from './double.mts';

/** One double for a test file, reset before each test. */
export function useDouble(initial: DialectName = 'g3'): () => Double {
	let double: Double;
	beforeAll(async () => {
		double = await startDouble();
	});
	beforeEach(async () => {
		forgetGenerations();
		await double.reset(initial);
	});
	afterAll(async () => await double.close());
	return () => double;
}
