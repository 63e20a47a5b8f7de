/**
 * Mutation testing: Stryker changes `events/` and `delivery/` in thousands of small ways, one at a time, and the unit
 * tests have to notice each. See docs/mutation-testing.md.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	// `delivery/description` holds texts and defaults of n8n's parameter form only.
	mutate: ['nodes/shared/events/**/*.ts', 'nodes/shared/delivery/**/*.ts', '!nodes/shared/delivery/description/**'],
	testRunner: 'jest',
	plugins: ['@stryker-mutator/jest-runner', './test/measure/mutation/summary.mjs'],
	jest: { configFile: 'test/measure/mutation/jest.config.mjs', enableFindRelatedTests: false },
	coverageAnalysis: 'perTest',
	// Sources reach Jest through swc, which looks at no types.
	disableTypeChecks: false,
	// The copy of the tree needs sources and unit tests only.
	ignorePatterns: ['/*', '!/nodes/**', '!/test/nodes/**', '!/test/kit/**', '!/test/measure/mutation/**', '!/scripts/lib/**', '!/test/jest.config.mjs', '!/package.json'],
	tempDirName: '.cache/stryker',
	// The lint would find what is left there.
	cleanTempDir: 'always',
	incrementalFile: '.cache/stryker-incremental.json',
	reporters: ['progress-append-only', 'kept-summary'],
	// A test that hangs fails by Jest's own limit, long before this; only code that never comes back takes so long.
	timeoutMS: 60_000,
	thresholds: { high: 95, low: 90, break: 90 },
	concurrency: 2,
};
