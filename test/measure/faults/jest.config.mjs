import { shared } from '../../jest.config.mjs';

/** The fault matrix. Its short form also runs in `npm test` (streams) and `npm run test:n8n` (a real n8n). */
export default {
	...shared,
	roots: ['<rootDir>/test/measure/faults'],
	testMatch: ['**/*.test.mts'],
};
