import { shared } from '../../jest.config.mjs';

/**
 * What judges the mutants: the unit tests of `events/` and `delivery/` alone, which run on fakes and without waiting. The
 * suites against the sandbox and a real n8n cover the same code, but take minutes, and there are thousands of mutants.
 */
export default {
	...shared,
	roots: ['<rootDir>/test/nodes/shared/events', '<rootDir>/test/nodes/shared/delivery'],
	testMatch: ['**/*.test.mts'],
	moduleNameMapper: {
		'^fast-check$': '<rootDir>/test/measure/mutation/fewRuns.mts',
		'^n8n-workflow$': '<rootDir>/test/measure/mutation/n8nWorkflow.mts',
	},
	setupFilesAfterEnv: ['<rootDir>/test/measure/mutation/firstFailure.mjs'],
	runner: '<rootDir>/test/measure/mutation/runner.mjs',
	testTimeout: 10_000,
};
