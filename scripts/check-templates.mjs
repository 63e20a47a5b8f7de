/**
 * Reads the templates as a careful stranger would: what does not import, does not run, belongs to somebody or is not
 * explained. Run after the build: `node scripts/check-templates.mjs [file ...]`, by default `templates` of all packages.
 * Prints one line for each finding; exits 1 when there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { PACKAGES } from './lib/build.mjs';
import { checkTemplate } from './lib/templates/check.mjs';
import { loadNodeTypes } from './lib/templates/nodes.mjs';

const root = process.cwd();
const folders = PACKAGES.map((each) => path.join(root, each, 'templates'));
const given = process.argv.slice(2);
const files = given.length > 0 ? given : folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name)));
const nodeTypes = loadNodeTypes(root);
if (!nodeTypes.hasOfficial) console.log('Parameters of official nodes are not checked: n8n is not installed (node scripts/install.mjs host)');

let found = 0;
for (const file of files) {
	for (const { node, what, mend } of checkTemplate(JSON.parse(readFileSync(file, 'utf8')), nodeTypes)) {
		found++;
		console.log(`${path.relative(root, file)}: ${node ? `"${node}" ` : ''}${what}. To mend it: ${mend}.`);
	}
}
console.log(`${files.length} templates, ${found === 0 ? 'nothing found' : `${found} to mend`}`);
process.exitCode = found > 0 ? 1 : 0;
