/** Exits 1 unless a tag is the version of the package in the current folder: `node scripts/check-tag.mjs 1.2.3`. */
import { readFileSync } from 'node:fs';

const [tag = ''] = process.argv.slice(2);
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (tag.replace(/^v/, '') !== version) {
	console.error(`The tag is '${tag}', but ${name} has the version ${version} in package.json. Correct one of them.`);
	process.exitCode = 1;
} else console.log(`${name} ${version}`);
