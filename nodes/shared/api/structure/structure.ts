import { rowsOf } from '../../events/event';
import { operationChanged, structureChanged } from '../../events/kinds';
import { asNumber, asText } from '../../events/read';
import { shaper, type Output } from '../../events/shape';
import type { Row } from '../../events/types';

/** An operation at one place of a structure. The same operation may stand at many places. */
export interface StructureNode {
	/** The operation in the chosen output; only its id is known where Pico does not list it. */
	operation: Row;
	id: string;
	partNumber: string | null;
	name: string | null;
	/** Steps in the order of work; operations of one step may be done at the same time. */
	steps: Array<{ index: number | null; nodes: StructureNode[] }>;
	/** Set where the structure does not go on although it should. */
	stop?: 'cycle' | 'missing' | 'limit';
}

interface Link {
	childId: string;
	index: number | null;
}

/** A structure shared by many parents unfolds to a multiple of its size; nobody reads more places than this. */
const MOST_PLACES = 10_000;

/** Which operations a plant has and which of them are steps of others. */
export class Structure {
	private constructor(
		private readonly operations: ReadonlyMap<string, Row>,
		private readonly links: ReadonlyMap<string, Link[]>,
	) {}

	/** @param data answer with `operations` and `subOperations` */
	static read(data: Record<string, unknown>): Structure {
		const operations = new Map<string, Row>();
		for (const row of rowsOf(data.operations).rows) {
			const id = asText(row.id);
			if (id) operations.set(id, row);
		}
		const links = new Map<string, Map<string, Link>>();
		for (const raw of rowsOf(data.subOperations).rows) {
			const row = structureChanged.normalise(raw);
			const parentId = asText(row.parentId);
			const childId = asText(row.childId);
			if (!parentId || !childId) continue;
			const index = asNumber(row.childIndex);
			const children = links.get(parentId) ?? new Map<string, Link>();
			// One row told twice is still one step.
			children.set(`${index}/${childId}`, { childId, index });
			links.set(parentId, children);
		}
		return new Structure(operations, new Map([...links].map(([id, children]) => [id, inOrder([...children.values()])])));
	}

	has(id: string): boolean {
		return this.operations.has(id);
	}

	/** The structure below an operation, with a note for each place where it cannot go on. */
	below(id: string, output: Output = { mode: 'simplified' }): { root: StructureNode; warnings: string[] } {
		const shape = shaper(operationChanged, output);
		const idField = output.mode === 'simplified' ? 'operationId' : 'id';
		const warnings = new Set<string>();
		let places = 0;
		const visit = (nodeId: string, path: readonly string[]): StructureNode => {
			places++;
			const row = this.operations.get(nodeId);
			const node: StructureNode = {
				id: nodeId,
				partNumber: asText(row?.externalId),
				name: asText(row?.name),
				operation: row ? shape(row) : { [idField]: nodeId },
				steps: [],
			};
			const parent = path.at(-1);
			if (path.includes(nodeId)) {
				warnings.add(`${this.named(nodeId)} contains itself, through ${this.named(parent ?? nodeId)}.`);
				return { ...node, stop: 'cycle' };
			}
			if (!row) {
				warnings.add(`${this.named(parent ?? nodeId)} has the step ${nodeId}, which Pico does not list.`);
				return { ...node, stop: 'missing' };
			}
			for (const link of this.links.get(nodeId) ?? []) {
				if (places >= MOST_PLACES) {
					warnings.add(`The structure has more than ${MOST_PLACES} places; the rest is omitted.`);
					return { ...node, stop: 'limit' };
				}
				const step = node.steps.at(-1);
				const child = visit(link.childId, [...path, nodeId]);
				if (step && step.index === link.index) step.nodes.push(child);
				else node.steps.push({ index: link.index, nodes: [child] });
			}
			return node;
		};
		return { root: visit(id, []), warnings: [...warnings] };
	}

	private named(id: string): string {
		const row = this.operations.get(id);
		return row ? `'${asText(row.externalId) ?? asText(row.name) ?? id}' (ID ${id})` : id;
	}
}

/** Rising index; a step without one comes last. */
function inOrder(links: Link[]): Link[] {
	return links.sort((a, b) => (a.index ?? Number.MAX_SAFE_INTEGER) - (b.index ?? Number.MAX_SAFE_INTEGER));
}
