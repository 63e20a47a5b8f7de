import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Whether a process with this id lives and (where the system tells) still runs that command, by its file's name. */
function isOurs({ pid, command }) {
	try {
		process.kill(pid, 0);
	} catch (cause) {
		return cause.code === 'EPERM';
	}
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(command);
	} catch {
		return true;
	}
}

function readHolder(file) {
	try {
		const holder = JSON.parse(readFileSync(file, 'utf8'));
		return Number.isInteger(holder?.pid) && typeof holder.command === 'string' ? holder : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Takes a lock file for this process. A lock whose holder is gone (killed, machine restarted) counts as free.
 *
 * @param {string} file
 * @param {object} [details] kept in the file for readers
 * @returns {{ release: () => void } | { holder: { pid: number } }}
 */
export function takeLock(file, details = {}) {
	mkdirSync(dirname(file), { recursive: true });
	const content = JSON.stringify({ pid: process.pid, command: basename(process.argv[1] ?? ''), ...details });
	for (let attempt = 0; attempt < 3; attempt++) {
		try {
			writeFileSync(file, content, { flag: 'wx' });
			return { release: () => rmSync(file, { force: true }) };
		} catch (cause) {
			if (cause.code !== 'EEXIST') throw cause;
		}
		const holder = readHolder(file);
		if (holder && holder.pid !== process.pid && isOurs(holder)) return { holder };
		rmSync(file, { force: true });
	}
	return { holder: { pid: 0 } };
}

/** Waits for the lock; `onWait` is told about the holder. */
export async function waitForLock(file, onWait) {
	for (;;) {
		const taken = takeLock(file);
		if ('release' in taken) return taken;
		onWait(taken.holder);
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}
