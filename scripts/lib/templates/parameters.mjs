import { createRequire } from 'node:module';

import { STICKY } from './graph.mjs';

// Its ESM build leaves out file endings, which Node.js does not resolve.
const { NodeHelpers } = createRequire(import.meta.url)('n8n-workflow');

const CODE = /\.(code|function|functionItem|executeCommand|ssh)$/;

/** Node types, versions, names of parameters, credentials. */
export function checkNodeTypes({ workflow, nodeTypes, report }) {
	for (const node of workflow.nodes) {
		if (CODE.test(node.type)) report(node.name, 'is a code node', 'use nodes that a person without code can read');
		const versions = nodeTypes.versionsOf(node.type);
		if (!versions) {
			report(node.name, `has the node type ${node.type}, which is not known`, 'correct it; a new official type belongs into node-types-2.23.json with the versions of n8n 2.23.0');
			continue;
		}
		if (!versions.includes(node.typeVersion)) {
			report(node.name, `has typeVersion ${node.typeVersion}`, `use one of ${versions.join(', ')}: others are not in n8n 2.23.0`);
		}
		const description = nodeTypes.describe(node.type, node.typeVersion);
		if (!description) continue;
		checkNames(node.parameters, shown(node, description), '', (path) =>
			report(node.name, `has the parameter "${path}", which its description does not have`, 'correct its name or remove it'),
		);
		if (node.type !== STICKY) checkCredentials(node, description, report);
	}
}

/** Of parameters with one name, those that these values show: what belongs to another operation has other fields. */
function shown(node, description) {
	const { properties } = description;
	const values = NodeHelpers.getNodeParameters(properties, node.parameters, true, true, node, description) ?? node.parameters;
	const visible = properties.filter((property) => NodeHelpers.displayParameter(values, property, node, description));
	const names = new Set(visible.map(({ name }) => name));
	return [...visible, ...properties.filter(({ name }) => !names.has(name))];
}

/** Names at every depth; what a resource locator, a mapper or a filter holds is n8n's own. */
function checkNames(values, properties, path, report) {
	for (const [name, value] of Object.entries(values ?? {})) {
		const same = properties.filter((property) => property.name === name);
		const full = path ? `${path}.${name}` : name;
		if (same.length === 0) report(full);
		else checkInner(value, same, full, report);
	}
}

function checkInner(value, same, path, report) {
	if (typeof value !== 'object' || value === null) return;
	const collections = same.filter(({ type }) => type === 'collection');
	if (collections.length === same.length) checkNames(value, collections.flatMap(({ options }) => options), path, report);
	const groups = same.filter(({ type }) => type === 'fixedCollection');
	if (groups.length < same.length) return;
	const options = groups.flatMap((group) => group.options);
	for (const [name, inner] of Object.entries(value)) {
		const matching = options.filter((option) => option.name === name);
		if (matching.length === 0) report(`${path}.${name}`);
		const fields = matching.flatMap((option) => option.values);
		for (const entry of [inner].flat()) checkNames(entry, fields, `${path}.${name}`, report);
	}
}

function checkCredentials({ name, parameters, credentials = {} }, description, report) {
	const wanted = (description.credentials ?? []).filter(
		({ required, displayOptions }) => required && applies(displayOptions, parameters, description.properties),
	);
	// HTTP Request: which credential it needs is a parameter.
	const chosen = { predefinedCredentialType: parameters.nodeCredentialType, genericCredentialType: parameters.genericAuthType };
	const type = chosen[parameters.authentication];
	for (const each of [...wanted.map((credential) => credential.name), ...(type ? [type] : [])]) {
		if (!credentials[each]) report(name, `has no credential of type ${each}`, `add "credentials": { "${each}": { "id": null, "name": "..." } }`);
	}
}

/** Whether a credential is shown for these parameters; a parameter that is left out has its default. */
function applies(displayOptions, parameters, properties) {
	return Object.entries(displayOptions?.show ?? {}).every(([name, accepted]) => {
		if (name.startsWith('@')) return true;
		const value = parameters[name] ?? properties.find((property) => property.name === name)?.default;
		return accepted.includes(value);
	});
}
