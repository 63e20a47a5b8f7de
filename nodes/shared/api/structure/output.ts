import { asText } from '../../events/read';
import type { Row } from '../../events/types';
import type { StructureNode } from './structure';

/** A node as nested object: the operation with its steps in it. */
export function asTree(node: StructureNode): Row {
	return {
		...node.operation,
		...(node.stop ? { stop: node.stop } : {}),
		steps: node.steps.map(({ index, nodes }) => ({
			index,
			parallel: nodes.length > 1,
			operations: nodes.map(asTree),
		})),
	};
}

/** One row for each place, a parent before its steps. */
export function asRows(root: StructureNode): Row[] {
	const rows: Row[] = [];
	const visit = (node: StructureNode, place: { path: string[]; ids: string[]; step: number | null; parallel: boolean }) => {
		const path = [...place.path, labelOf(node)];
		const ids = [...place.ids, node.id];
		rows.push({
			level: place.ids.length,
			path: path.join(' > '),
			step: place.step,
			parallel: place.parallel,
			parentId: place.ids.at(-1) ?? null,
			...node.operation,
			isLeaf: node.steps.length === 0,
			pathIds: ids,
			stop: node.stop ?? null,
		});
		for (const { index, nodes } of node.steps) {
			for (const child of nodes) visit(child, { path, ids, step: index, parallel: nodes.length > 1 });
		}
	};
	visit(root, { path: [], ids: [], step: null, parallel: false });
	return rows;
}

function labelOf({ operation, id }: StructureNode): string {
	return asText(operation.partNumber) || asText(operation.name) || id;
}
