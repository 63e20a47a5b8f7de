import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand, runCommand } from './run.mjs';
import { StepError } from './steps.mjs';

/** Folders of the published packages, from the repository's root. */
export const PACKAGES = ['.', 'packages/eryxon'];

const SOURCES = ['nodes', 'credentials', 'icons', 'gulpfile.js', 'package.json', 'tsconfig.json'];
/** What builds every package, from the repository's root. */
const BUILDERS = ['scripts/gulp-build.js', 'scripts/bundle-vendor.js'];

/** Time of the last change below a path; folders count, so that a deleted file is noticed. */
function newest(path) {
	if (!existsSync(path)) return 0;
	const stat = statSync(path);
	if (!stat.isDirectory()) return stat.mtimeMs;
	return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Whether `dist` of a package is missing or older than what it is made from. */
export function needsBuild(root, folder = '.') {
	const home = join(root, folder);
	const { n8n } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
	const outputs = [...n8n.nodes, ...n8n.credentials].map((file) => join(home, file));
	if (outputs.some((file) => !existsSync(file))) return true;
	const oldest = Math.min(...outputs.map((file) => statSync(file).mtimeMs));
	const sources = [...SOURCES.map((source) => join(home, source)), ...BUILDERS.map((source) => join(root, source))];
	return sources.some((source) => newest(source) > oldest);
}

/** Builds the packages that need it. @returns {Promise<string>} a note for the step list */
export async function ensureBuilt(root, report) {
	const wanted = PACKAGES.filter((folder) => needsBuild(root, folder));
	for (const folder of wanted) {
		report('compiling');
		const { code, output } = await runCommand({ ...npmCommand(['run', 'build']), cwd: join(root, folder), onLine: () => {} });
		if (code !== 0) throw new StepError(`The build failed:\n${output.split('\n').slice(-40).join('\n')}`);
	}
	return wanted.length === 0 ? 'already built' : '';
}
