import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import Runner from 'jest-runner';

/** Full names of the tests of each file, noted by the first run for those that follow, in the copy of the tree. */
const NAMES = 'mutation-names.json';
/** These take longest, and so are asked last. */
const SLOW = /(window|state|timestamp)\.test\.mts$/;

/**
 * Runs the tests of one mutant file by file: only files that have a test of those that Stryker asks for, the one that
 * mirrors the mutated file first, and none after the first failure. Stryker itself has Jest load every file for every
 * mutant, which takes ten times as long.
 */
export default class extends (Runner.default ?? Runner) {
	async runTests(tests, watcher, options) {
		const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
		let hasFailed = false;
		const names = {};
		const off = this.on('test-file-success', ([test, result]) => {
			hasFailed ||= result.numFailingTests > 0;
			names[test.path] = result.testResults.map(({ fullName }) => fullName);
		});
		for (const test of mutant === undefined ? tests : this.worthAsking(tests, mutant)) {
			if (hasFailed && mutant !== undefined) break;
			await super.runTests([test], watcher, options);
		}
		off();
		if (mutant === undefined) writeFileSync(NAMES, JSON.stringify(names));
	}

	worthAsking(tests, mutant) {
		const names = existsSync(NAMES) ? JSON.parse(readFileSync(NAMES, 'utf8')) : {};
		const pattern = this._globalConfig.testNamePattern && new RegExp(this._globalConfig.testNamePattern, 'i');
		const mirror = `/${basename(fileOf(mutant) ?? '', '.ts')}.test.mts`;
		const rank = ({ path }) => (path.endsWith(mirror) ? 0 : path.includes('/kinds/') ? 1 : SLOW.test(path) ? 3 : 2);
		return tests
			.filter(({ path }) => !pattern || !names[path] || names[path].some((name) => pattern.test(name)))
			.sort((a, b) => rank(a) - rank(b));
	}
}

let sources;

/** The file that holds a mutant: Stryker puts them all into the sources, each behind its number. */
function fileOf(mutant) {
	sources ??= ['events', 'delivery'].flatMap((folder) => {
		const root = join('nodes/shared', folder);
		const files = readdirSync(root, { recursive: true }).filter((file) => file.endsWith('.ts'));
		return files.map((file) => [join(root, file), readFileSync(join(root, file), 'utf8')]);
	});
	return sources.find(([, text]) => text.includes(`stryMutAct_9fa48("${mutant}")`))?.[0];
}
