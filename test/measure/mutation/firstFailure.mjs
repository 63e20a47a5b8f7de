/**
 * One failing test is enough to kill a mutant: after it, or after one that never ends, all others of the file fail at
 * once. Jest by itself stops only between files, and a mutant that hangs would hang in test after test.
 */
let isOver = false;

const guarded = (body) => async (...args) => {
	if (isOver) throw new Error('an earlier test failed');
	isOver = true;
	await body(...args);
	isOver = false;
};

const guardedTest = (test) =>
	Object.assign((name, body, timeout) => test(name, guarded(body), timeout), {
		each: (table) => (name, body, timeout) => test.each(table)(name, guarded(body), timeout),
	});

globalThis.test = guardedTest(globalThis.test);
globalThis.it = globalThis.test;
