import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { PACKAGES } from '../build.mjs';

/** Versions of each official node type that n8n 2.23.0 has; a type that is not here is not used by any template yet. */
const officialVersions = JSON.parse(readFileSync(new URL('node-types-2.23.json', import.meta.url), 'utf8'));

/**
 * What is known of node types: which exist, with which versions, and their descriptions where those can be had.
 *
 * @param {string} root the repository's root; our own nodes are read from the `dist` of each package
 */
export function loadNodeTypes(root) {
	const own = new Map(PACKAGES.flatMap((folder) => ownDescriptions(path.join(root, folder))));
	const installed = installedDescriptions(root);
	return {
		/** Whether official descriptions were found; without them parameters of official nodes cannot be checked. */
		hasOfficial: installed.size > 0,
		/** Versions that a template may use; undefined for an unknown type. */
		versionsOf: (type) => officialVersions[type] ?? own.get(type)?.flatMap(({ version }) => version),
		/** The description for one version; undefined when it cannot be had. */
		describe: (type, version) =>
			(own.get(type) ?? installed.get(type))?.find((description) => [description.version].flat().includes(version)),
	};
}

/** Entries of a map: type and descriptions of each node of the package in a folder. */
function ownDescriptions(folder) {
	const require = createRequire(path.join(folder, 'package.json'));
	const pkg = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
	return pkg.n8n.nodes.map((file) => {
		const full = path.join(folder, file);
		if (!existsSync(full)) throw new Error(`${pkg.name}: ${file} is missing: build the package first`);
		const { description } = new (require(full)[path.basename(file).split('.')[0]])();
		return [`${pkg.name}.${description.name}`, [description]];
	});
}

function installedDescriptions(root) {
	const file = path.join(root, 'demo', 'n8n-host', 'node_modules', 'n8n-nodes-base', 'dist', 'types', 'nodes.json');
	const types = new Map();
	if (!existsSync(file)) return types;
	for (const description of JSON.parse(readFileSync(file, 'utf8'))) {
		const type = description.name.includes('.') ? description.name : `n8n-nodes-base.${description.name}`;
		types.set(type, [...(types.get(type) ?? []), description]);
	}
	return types;
}
