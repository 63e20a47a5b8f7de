export const STICKY = 'n8n-nodes-base.stickyNote';

/** All links of a workflow: { from, output, to } by node name. */
export function linksOf({ connections }) {
	return Object.entries(connections).flatMap(([from, kinds]) =>
		Object.values(kinds).flatMap((outputs) =>
			outputs.flatMap((targets, output) => (targets ?? []).map(({ node }) => ({ from, output, to: node }))),
		),
	);
}

/** Names of the nodes from which `name` can be reached, itself only when it is in a loop. */
export function upstreamOf(workflow, name) {
	return reach(linksOf(workflow), name, ({ from, to }) => [to, from]);
}

/** Names of the nodes that can be reached from `name`. */
export function downstreamOf(workflow, name) {
	return reach(linksOf(workflow), name, ({ from, to }) => [from, to]);
}

function reach(links, start, direction) {
	const found = new Set();
	const open = [start];
	for (let at = open.pop(); at !== undefined; at = open.pop()) {
		for (const link of links) {
			const [near, far] = direction(link);
			if (near !== at || found.has(far)) continue;
			found.add(far);
			open.push(far);
		}
	}
	return found;
}

/** Whether a node starts a workflow, by its type. */
export const isTrigger = ({ type }) => /trigger$/i.test(type) || type === 'n8n-nodes-base.webhook';
