'use strict';

/**
 * The part of the `sqlite3` driver that n8n's database layer calls, on top of `node:sqlite`.
 * Why it exists: see README.md beside this file.
 */

/** Open flags with the values of SQLite's C header; n8n combines them and hands them to `Database`. */
const OPEN = {
	OPEN_READONLY: 0x1,
	OPEN_READWRITE: 0x2,
	OPEN_CREATE: 0x4,
	OPEN_URI: 0x40,
	OPEN_NOMUTEX: 0x8000,
	OPEN_FULLMUTEX: 0x10000,
};

/** Primary result codes (the low byte of SQLite's code) that n8n tells apart by name. */
const CODE_NAMES = new Map([
	[5, 'SQLITE_BUSY'],
	[6, 'SQLITE_LOCKED'],
	[8, 'SQLITE_READONLY'],
	[11, 'SQLITE_CORRUPT'],
	[13, 'SQLITE_FULL'],
	[14, 'SQLITE_CANTOPEN'],
	[19, 'SQLITE_CONSTRAINT'],
	[26, 'SQLITE_NOTADB'],
]);

/** Gives an error of `node:sqlite` the `code`, `errno` and message prefix of the native driver. */
function asDriverError(error) {
	if (typeof error.errcode !== 'number') return error;
	const primary = error.errcode & 0xff;
	error.errno = primary;
	error.code = CODE_NAMES.get(primary) ?? 'SQLITE_ERROR';
	if (!error.message.startsWith('SQLITE_')) error.message = `${error.code}: ${error.message}`;
	return error;
}

/** The native driver takes booleans, dates and undefined as parameters; `node:sqlite` refuses them. */
function toSqliteValue(value) {
	if (value === undefined) return null;
	if (typeof value === 'boolean') return value ? 1 : 0;
	if (value instanceof Date) return value.getTime();
	return value;
}

function isNamedParameters(value) {
	return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Date);
}

/** From the driver's `(sql, [params | ...params], [callback])` to the arguments of a prepared statement. */
function readArguments(rest) {
	const callback = typeof rest.at(-1) === 'function' ? rest.at(-1) : undefined;
	let params = callback ? rest.slice(0, -1) : rest;
	if (params.length === 1 && Array.isArray(params[0])) params = params[0];
	else if (params.length === 1 && params[0] === undefined) params = [];
	return { callback, bound: params.map(bindOne) };
}

function bindOne(param) {
	if (!isNamedParameters(param)) return toSqliteValue(param);
	return Object.fromEntries(Object.entries(param).map(([name, value]) => [name, toSqliteValue(value)]));
}

/** Blobs come back as Buffers and rows as plain objects, as the native driver gives them. */
function toDriverRow(row) {
	const plain = { ...row };
	for (const [column, value] of Object.entries(plain)) {
		if (value instanceof Uint8Array) plain[column] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
	}
	return plain;
}

class Database {
	#connection;

	constructor(file, flags, callback) {
		const onOpen = typeof flags === 'function' ? flags : callback;
		const openFlags = typeof flags === 'number' ? flags : OPEN.OPEN_READWRITE | OPEN.OPEN_CREATE;
		this.#later(onOpen, this, () => {
			const { DatabaseSync } = require('node:sqlite');
			this.#connection = new DatabaseSync(file, {
				readOnly: (openFlags & OPEN.OPEN_READONLY) !== 0,
				enableForeignKeyConstraints: false,
				enableDoubleQuotedStringLiterals: true,
				defensive: false,
			});
		});
	}

	/** Runs a statement; the callback's `this` tells `changes` and `lastID`. */
	run(sql, ...rest) {
		const { callback, bound } = readArguments(rest);
		const outcome = { lastID: 0, changes: 0 };
		this.#later(callback, outcome, () => {
			const { changes, lastInsertRowid } = this.#open().prepare(sql).run(...bound);
			outcome.changes = Number(changes);
			outcome.lastID = Number(lastInsertRowid);
		});
		return this;
	}

	/** All rows of a query. */
	all(sql, ...rest) {
		const { callback, bound } = readArguments(rest);
		this.#later(callback, {}, () => this.#open().prepare(sql).all(...bound).map(toDriverRow));
		return this;
	}

	/** The first row of a query, or undefined. */
	get(sql, ...rest) {
		const { callback, bound } = readArguments(rest);
		this.#later(callback, {}, () => {
			const row = this.#open().prepare(sql).get(...bound);
			return row === undefined ? undefined : toDriverRow(row);
		});
		return this;
	}

	/** Several statements without parameters. */
	exec(sql, callback) {
		this.#later(callback, this, () => this.#open().exec(sql));
		return this;
	}

	close(callback) {
		this.#later(callback, this, () => {
			this.#connection?.close();
			this.#connection = undefined;
		});
	}

	/** Tracing and limits of the native driver; n8n sets none that matter here. */
	configure() {
		return this;
	}

	on() {
		return this;
	}

	#open() {
		if (!this.#connection) throw new Error('SQLITE_MISUSE: Database is closed');
		return this.#connection;
	}

	/** Does the work at once (statements keep their order) and reports like the native driver: later, by callback. */
	#later(callback, self, work) {
		let error = null;
		let result;
		try {
			result = work();
		} catch (cause) {
			error = asDriverError(cause);
		}
		if (callback) setImmediate(() => (error ? callback.call(self, error) : callback.call(self, null, result)));
	}
}

const standIn = { ...OPEN, Database, verbose: () => standIn };

module.exports = process.env.PICO_DEMO_NATIVE_SQLITE === '1' ? require('../sqlite3-native/node_modules/sqlite3') : standIn;
