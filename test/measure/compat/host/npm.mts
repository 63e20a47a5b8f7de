import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';

import { hasEnded, killChild, startChild } from '../../../../demo/lib/children.mts';
import { until } from '../../../../demo/lib/poll.mts';

const NPM_MINUTES = 20;

/** npm refused; the message says why in a few words. */
export class InstallError extends Error {
	override name = 'InstallError';
}

/**
 * Runs npm in a folder, at low priority.
 *
 * @returns what it printed
 * @throws InstallError with the reason in a few words
 */
export async function npm(folder: string, ...args: string[]): Promise<string> {
	mkdirSync(folder, { recursive: true });
	const logFile = join(folder, 'npm.log');
	rmSync(logFile, { force: true });
	const cli = process.env.npm_execpath;
	const [command, before] = cli && /\.c?js$/.test(cli) ? [process.execPath, [cli]] : ['npm', []];
	const child = startChild({ command, args: [...before, ...args, '--loglevel=error', '--no-progress'], cwd: folder, env: environment(), logFile });
	if (child.pid !== undefined) setPriority(child.pid, 10);
	try {
		await until(`npm ${args[0]}`, () => hasEnded(child), { timeoutMs: NPM_MINUTES * 60_000, everyMs: 50 });
	} catch (cause) {
		await killChild(child);
		throw cause;
	}
	const output = readFileSync(logFile, 'utf8');
	if (child.exitCode !== 0) throw new InstallError(reasonIn(output));
	return output;
}

/** npm hands its settings down to the commands it runs; those of `npm run` must not reach an install elsewhere. */
function environment(): NodeJS.ProcessEnv {
	const dropped = /^npm_(config_(prefix|local_prefix|global_prefix|loglevel|workspace|omit|production)|package_|lifecycle_)/i;
	return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name))), NODE_OPTIONS: '' };
}

/** What npm complains of, without addresses. */
export function reasonIn(output: string): string {
	const [, missing] = /No matching version found for (\S+?)\.?\s/.exec(output) ?? [];
	if (missing) return `${missing} is not on this registry`;
	const [, archive] = /request to \S+\/(\S+) failed/.exec(output) ?? [];
	if (archive) return `${archive} lies outside the registry`;
	const [, unknown] = /'(\S+@\S+)' is not in this registry/.exec(output) ?? /404\s+'(\S+@\S+)'/.exec(output) ?? [];
	if (unknown) return `${unknown} is not on this registry`;
	const line = /npm error (?!code|syscall|errno)(.+)/.exec(output)?.[1] ?? 'npm failed';
	return line.replace(/https?:\/\/\S+/g, '(address)').slice(0, 120);
}
