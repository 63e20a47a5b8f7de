import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a few lines of plain JavaScript in a Node of its own, from the repository's root, as the commands do.
 * `give(value)` hands the result back.
 */
export async function evaluate<T>(source: string): Promise<T> {
	const code = `const give = (value) => console.log(JSON.stringify({ value }));\n${source}`;
	const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
	return (JSON.parse(stdout) as { value: T }).value;
}
