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

/** Facts of an operation that say nothing of its place in a structure. */
const NOT_OF_A_PLACE = ['variantName', 'archived', 'updatedAt'];

/** One row for each place, a parent before its steps; a simplified one only with what an item list needs. */
export function asRows(root: StructureNode, isSimplified: boolean): Row[] {
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
			...(isSimplified ? without(node.operation, NOT_OF_A_PLACE) : { ...node.operation, pathIds: ids }),
			...(node.stop ? { stop: node.stop } : {}),
		});
		for (const { index, nodes } of node.steps) {
			for (const child of nodes) visit(child, { path, ids, step: index, parallel: nodes.length > 1 });
		}
	};
	visit(root, { path: [], ids: [], step: null, parallel: false });
	return rows;
}

function labelOf({ partNumber, name, id }: StructureNode): string {
	return partNumber || name || id;
}

function without(row: Row, names: readonly string[]): Row {
	return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
}
