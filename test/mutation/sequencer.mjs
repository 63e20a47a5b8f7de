import Sequencer from '@jest/test-sequencer';

/** Tests that take longest, and so are asked last: one failing test is enough. */
const SLOW = /(window|state|timestamp)\.test\.mts$/;
/** They judge the many mutants of what is read once, when a file is loaded. */
const FIRST = /\/kinds\//;

const rank = ({ path }) => (FIRST.test(path) ? 0 : SLOW.test(path) ? 2 : 1);

export default class extends Sequencer {
	sort(tests) {
		return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
	}
}
