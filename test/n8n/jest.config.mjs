import { shared } from '../jest.config.mjs';

/** The suites that start a real n8n; each takes tens of seconds. Two at a time with `npm run test:n8n`. */
export default {
	...shared,
	roots: ['<rootDir>/test/n8n', '<rootDir>/test/measure/faults/n8n', '<rootDir>/packages/eryxon/test/n8n'],
	testMatch: ['**/*.test.mts'],
	testTimeout: 180_000,
	// A suite whose set-up failed half-way may leave a server behind. A run that never ends would hide what failed.
	forceExit: true,
};
