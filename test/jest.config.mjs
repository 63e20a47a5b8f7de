/** Unit, protocol and node tests. The suites that start a real n8n are in n8n/jest.config.mjs. */
export const shared = {
	// Every command runs in the root of the repository.
	rootDir: process.cwd(),
	testEnvironment: 'node',
	transform: {
		'\\.(m?ts|mjs)$|/node_modules/jose/.+\\.js$': [
			'@swc/jest',
			{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
		],
	},
	// `jose` is published as ECMAScript modules only, which jest on Node 20 and 22 cannot require.
	transformIgnorePatterns: ['/node_modules/(?!jose/)'],
	moduleFileExtensions: ['js', 'ts', 'mts', 'json', 'mjs'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/packages/eryxon/dist/', '<rootDir>/demo/n8n-host/', '<rootDir>/.demo/'],
	// A busy machine needs it; what hangs fails all the same.
	testTimeout: 60_000,
};

export default {
	...shared,
	roots: ['<rootDir>/test', '<rootDir>/packages/eryxon/test'],
	testMatch: ['**/*.test.mts'],
	testPathIgnorePatterns: ['/test/n8n/', '/test/measure/faults/(n8n|queue)/'],
};
