import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmCommand, runCommand } from './run.mjs';
import { StepError } from './steps.mjs';

const LOCKFILE = 'package-lock.json';
/** npm writes its list of what lies in node_modules here, when an installation has ended. */
const INSTALLED = join('node_modules', '.package-lock.json');
/** There while an installation is under way; left behind by one that was cut short. */
const UNFINISHED = join('.cache', 'installing');

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * Whether node_modules holds what the lockfile says, all of it. An interrupted installation never counts.
 *
 * @param {string} folder with a package-lock.json
 * @returns {string | undefined} why it has to be installed; undefined when it need not
 */
export function whyInstall(folder) {
	if (!existsSync(join(folder, INSTALLED))) return 'not installed yet';
	if (changedAt(join(folder, UNFINISHED)) > changedAt(join(folder, INSTALLED))) {
		return 'the last installation was interrupted';
	}
	const installed = readPackages(join(folder, INSTALLED));
	for (const [path, wanted] of requiredPackages(folder)) {
		const name = path.replace(/^.*node_modules\//, '');
		if (wanted.link ? !installed[path] : installed[path]?.version !== wanted.version) return `${name} is out of date`;
		if (!existsSync(join(folder, path, 'package.json'))) return `${name} is missing`;
	}
	return undefined;
}

function requiredPackages(folder) {
	const all = Object.entries(readPackages(join(folder, LOCKFILE)));
	return all.filter(([path, entry]) => path.startsWith('node_modules/') && !entry.optional && !entry.devOptional);
}

/**
 * `npm ci` in a folder, with progress; does nothing when everything is there already.
 *
 * @param {string} folder
 * @param {(detail: string) => void} report
 * @returns {Promise<string>} a note for the step list
 */
export async function installFolder(folder, report) {
	const why = whyInstall(folder);
	if (!why) return 'already there';
	insistOnSpace(folder);
	const marker = join(folder, UNFINISHED);
	mkdirSync(dirname(marker), { recursive: true });
	writeFileSync(marker, new Date().toISOString());
	const progress = new DownloadProgress(requiredPackages(folder).length, report);
	const { code, output } = await runCommand({
		...npmCommand(['ci', '--loglevel=http', '--no-progress']),
		cwd: folder,
		env: installEnvironment(),
		onLine: (line) => progress.read(line),
	});
	if (code !== 0) throw new StepError(`npm ci failed in ${folder}:\n${withoutHttpLines(output)}`);
	rmSync(marker, { force: true });
	const left = whyInstall(folder);
	if (left) throw new StepError(`npm ci ended in ${folder}, but ${left}`);
	return `${why}; ${progress.summary()}`;
}

/** A full disk shows itself in npm as one of many riddles; n8n is 2.4 GB unpacked and 0.7 GB in npm's cache. */
function insistOnSpace(folder) {
	const neededGb = requiredPackages(folder).length > 1500 ? 3.5 : 1;
	const { bavail, bsize } = statfsSync(folder);
	const freeGb = (bavail * bsize) / 1e9;
	if (freeGb >= neededGb) return;
	throw new StepError(`This installation needs ${neededGb} GB of free disk, ${freeGb.toFixed(1)} GB are left`);
}

/** npm hands its settings down to commands it runs; those of `npm run` must not reach an `npm ci` elsewhere. */
function installEnvironment() {
	const dropped = /^npm_(config_(prefix|local_prefix|global_prefix|loglevel|workspace|omit|production)|package_|lifecycle_)/i;
	const env = Object.entries(process.env).filter(([name]) => !dropped.test(name));
	return { ...Object.fromEntries(env), NODE_ENV: 'development' };
}

const withoutHttpLines = (output) =>
	output
		.split('\n')
		.filter((line) => !/^npm (http|warn) /.test(line))
		.slice(-40)
		.join('\n');

/** "@scope/name 1.2.3" from the address of an archive; undefined for other addresses. */
function archiveName(address) {
	const path = decodeURIComponent(address.replace(/^https?:\/\/[^/]+\//, ''));
	const [, name, , version] = /((?:@[^/]+\/)?([^/]+))\/-\/\2-([^/]+)\.tgz$/.exec(path) ?? [];
	return name && `${name} ${version}`;
}

/** Reads npm's log lines and says how far it is: first it asks about packages, then it fetches their archives. */
class DownloadProgress {
	#total;
	#report;
	#asked = new Set();
	#fetched = new Set();
	#cached = new Set();

	constructor(total, report) {
		this.#total = total;
		this.#report = report;
		report('asking npm');
	}

	read(line) {
		const [, kind, address] = /^npm http (fetch GET \d+|cache) (\S+)/.exec(line) ?? [];
		if (!address) return;
		const archive = archiveName(address);
		if (archive) (kind === 'cache' ? this.#cached : this.#fetched).add(archive);
		else this.#asked.add(address);
		const archives = Math.min(this.#fetched.size + this.#cached.size, this.#total);
		if (archives === 0) this.#report(`asking about packages: ${this.#asked.size} of about ${this.#total}`);
		else this.#report(`downloading: ${archives} of ${this.#total} packages, last ${archive ?? ''}`);
	}

	summary() {
		const parts = [`${this.#total} packages`];
		if (this.#fetched.size > 0) parts.push(`${this.#fetched.size} downloaded`);
		return parts.join(', ');
	}
}
