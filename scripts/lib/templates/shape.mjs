import { STICKY } from './graph.mjs';

const TOP_LEVEL = new Set(['name', 'nodes', 'connections', 'settings', 'pinData', 'active', 'meta']);
const NODE_KEYS = new Set([
	'id', 'name', 'type', 'typeVersion', 'position', 'parameters', 'credentials', 'webhookId', 'disabled', 'notes', 'notesInFlow',
	'onError', 'retryOnFail', 'maxTries', 'waitBetweenTries', 'alwaysOutputData', 'executeOnce',
]);
const NODE_SIZE = 100;

/** The outline of the file: keys, settings, names, ids, places on the canvas. */
export function checkShape({ workflow, report }) {
	for (const key of Object.keys(workflow)) {
		if (!TOP_LEVEL.has(key)) report('', `has the key "${key}"`, `remove it; allowed are ${[...TOP_LEVEL].join(', ')}`);
	}
	if (workflow.settings?.executionOrder !== 'v1') report('', 'does not set executionOrder to v1', 'set settings to { "executionOrder": "v1" }');
	if (workflow.active !== false) report('', 'is active', 'set active to false');
	if (Object.keys(workflow.pinData ?? {}).length > 0) report('', 'holds pinned data', 'set pinData to {}');
	checkNodes(workflow.nodes, report);
	checkPlaces(workflow.nodes, report);
}

function checkNodes(nodes, report) {
	for (const key of ['name', 'id']) {
		const seen = new Set();
		for (const node of nodes) {
			if (!node[key]) report(node.name ?? '', `has no ${key}`, `give it a ${key}`);
			else if (seen.has(node[key])) report(node.name, `has the same ${key} as another node`, `give it a ${key} of its own`);
			seen.add(node[key]);
		}
	}
	for (const node of nodes) {
		for (const key of Object.keys(node)) {
			if (!NODE_KEYS.has(key)) report(node.name, `has the key "${key}"`, 'remove it');
		}
	}
}

function checkPlaces(nodes, report) {
	const boxes = nodes.map(({ name, type, position: [x, y], parameters }) => {
		const sticky = type === STICKY;
		return { name, sticky, x, y, width: sticky ? (parameters.width ?? 240) : NODE_SIZE, height: sticky ? (parameters.height ?? 160) : NODE_SIZE };
	});
	boxes.forEach((a, index) => {
		for (const b of boxes.slice(index + 1)) {
			// A sticky note may lie behind nodes: that is how a group is marked.
			if (a.sticky !== b.sticky) continue;
			if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height) {
				report(a.name, `overlaps "${b.name}"`, 'move one of them; a node takes 100 x 100');
			}
		}
	});
}
