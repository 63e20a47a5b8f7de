import { downstreamOf, isTrigger, linksOf, STICKY } from './graph.mjs';

const BRANCHES = { 'n8n-nodes-base.if': 2 };

/** Connections: from and to nodes that exist, everything reached, no branch without an end. */
export function checkWiring({ workflow, report }) {
	const { nodes, connections } = workflow;
	const names = new Set(nodes.map(({ name }) => name));
	const links = linksOf(workflow);
	for (const from of Object.keys(connections)) {
		if (!names.has(from)) report(from, 'has connections but does not exist', 'remove the connections or correct the name');
	}
	for (const { from, to } of links) {
		if (!names.has(to)) report(from, `is connected to "${to}", which does not exist`, 'remove the connection or correct the name');
	}
	const reached = new Set(nodes.filter(isTrigger).flatMap(({ name }) => [...downstreamOf(workflow, name)]));
	for (const node of nodes) {
		if (node.type === STICKY || isTrigger(node)) continue;
		if (!links.some(({ to }) => to === node.name)) report(node.name, 'has nothing connected to its input', 'connect it or remove it');
		else if (!reached.has(node.name)) report(node.name, 'is reached from no trigger', 'connect it to the path of a trigger');
	}
	for (const node of nodes) checkOutputs(node, links, report);
}

function checkOutputs(node, links, report) {
	const wired = new Set(links.filter(({ from }) => from === node.name).map(({ output }) => output));
	if (isTrigger(node) && !wired.has(0)) report(node.name, 'starts nothing', 'connect its first output');
	for (let output = 0; output < (BRANCHES[node.type] ?? 0); output++) {
		if (!wired.has(output)) report(node.name, `has nothing behind its "${output === 0 ? 'true' : 'false'}" output`, 'end each branch in a named node, such as a No Operation node');
	}
	if (node.onError === 'continueErrorOutput' && wired.size > 0 && Math.max(...wired) === 0) {
		report(node.name, 'has nothing behind its error output', 'connect it: what fails would vanish');
	}
	if (node.onError === 'continueErrorOutput' && node.alwaysOutputData) {
		report(node.name, 'always puts out data and has an error output', 'choose one: after an error n8n would run what is behind both outputs');
	}
}
