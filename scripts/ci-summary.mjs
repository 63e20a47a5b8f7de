// Adds up the runners' results. The last line alone says how many tests passed and failed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS_FOLDER } from './lib/jest.mjs';

const total = { passed: 0, failed: 0 };
for (const runner of process.argv.slice(2)) {
	const file = join(RESULTS_FOLDER, `${runner}.json`);
	const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
	if (!result) console.log(`${runner}: no results, it did not run to its end`);
	// A file that could not be loaded has no tests to count; it counts as one that failed.
	total.passed += result?.numPassedTests ?? 0;
	total.failed += result ? result.numFailedTests + result.numRuntimeErrorTestSuites : 1;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
