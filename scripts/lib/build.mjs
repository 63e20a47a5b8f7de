import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand, runCommand } from './run.mjs';
import { StepError } from './steps.mjs';

const SOURCES = ['nodes', 'credentials', 'icons', 'gulpfile.js', 'scripts/bundle-vendor.js', 'package.json', 'tsconfig.json'];

/** Time of the last change below a path; folders count, so that a deleted file is noticed. */
function newest(path) {
	if (!existsSync(path)) return 0;
	const stat = statSync(path);
	if (!stat.isDirectory()) return stat.mtimeMs;
	return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Whether `dist` is missing or older than what it is made from. */
export function needsBuild(root) {
	const { n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const outputs = [...n8n.nodes, ...n8n.credentials].map((file) => join(root, file));
	if (outputs.some((file) => !existsSync(file))) return true;
	const oldest = Math.min(...outputs.map((file) => statSync(file).mtimeMs));
	return SOURCES.some((source) => newest(join(root, source)) > oldest);
}

/** Builds the package when needed. @returns {Promise<string>} a note for the step list */
export async function ensureBuilt(root, report) {
	if (!needsBuild(root)) return 'already built';
	report('compiling');
	const { code, output } = await runCommand({ ...npmCommand(['run', 'build']), cwd: root, onLine: () => {} });
	if (code !== 0) throw new StepError(`The build failed:\n${output.split('\n').slice(-40).join('\n')}`);
	return '';
}
