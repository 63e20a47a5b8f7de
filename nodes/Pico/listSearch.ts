import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';

import { PicoClient } from '../shared/api/client';
import { structureDocument } from '../shared/api/documents/reads';
import { asFailure } from '../shared/api/failure';
import { toNodeError } from '../shared/api/nodeError';
import { Structure, type StructureNode } from '../shared/api/structure/structure';
import { asEntered } from './helpers/parameters';
import { readLocator } from './helpers/picker';
import { byPartNumber, describe, readRefs, refsDocument, type OperationRef } from './helpers/operations';

/** Entries shown at once; the editor asks for more as a person scrolls. */
const PAGE = 200;

/**
 * Operations that are not archived, for the picker; every word of the filter is looked for in part number, revision, name and variant; a whole ID
 * is found too.
 */
export async function searchOperations(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const words = (filter ?? '').toLowerCase().split(/\s+/).filter(Boolean);
	const refs = await load(this, async (client) => {
		const { data } = await client.executeAdapted((dialect) => ({ document: refsDocument()(dialect) }), { repeatable: true });
		return readRefs(data);
	});
	const found = refs
		.filter((ref) => !ref.archived)
		.map((ref) => ({ name: labelOf(ref), value: ref.id }))
		.filter(({ name, value }) => value === filter?.trim() || words.every((word) => name.toLowerCase().includes(word)))
		.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
	const start = Number(paginationToken ?? 0) || 0;
	const end = start + PAGE;
	return { results: found.slice(start, end), ...(end < found.length ? { paginationToken: String(end) } : {}) };
}

/** Every operation below the picked one, for the choice of optional children. */
export async function getChildOperations(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const locator = readLocator(this.getCurrentNodeParameter('operationId'));
	const revision = asEntered(this.getCurrentNodeParameter('revision')).trim();
	if (locator.value === '') return [];
	return await load(this, async (client) => {
		const { data } = await client.executeAdapted((dialect) => ({ document: structureDocument(dialect) }), { repeatable: true });
		const id = idOf(locator, revision, readRefs(data));
		if (id === undefined) return [];
		const found = new Map<string, string>();
		collect(Structure.read(data).below(id).root, found);
		return [...found]
			.map(([value, name]) => ({ name, value }))
			.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
	});
}

function idOf({ mode, value, typed }: ReturnType<typeof readLocator>, revision: string, refs: OperationRef[]): string | undefined {
	if (mode !== 'partNumber') return value;
	const wanted = refs.filter((ref) => !ref.archived && (revision === '' || ref.revision === revision));
	const fitting = byPartNumber(wanted, typed);
	return fitting.length === 1 ? fitting[0].id : undefined;
}

function collect(node: StructureNode, found: Map<string, string>): void {
	for (const { nodes } of node.steps) {
		for (const child of nodes) {
			const { partNumber, name } = child;
			if (child.stop !== 'missing') found.set(child.id, [partNumber, name].filter(Boolean).join(', ') || child.id);
			collect(child, found);
		}
	}
}

function labelOf(ref: OperationRef): string {
	return describe(ref) || ref.id;
}

/** The editor shows the message beside the field. */
async function load<T>(context: ILoadOptionsFunctions, ask: (client: PicoClient) => Promise<T>): Promise<T> {
	try {
		return await ask(await PicoClient.of(context));
	} catch (error) {
		throw toNodeError(context.getNode(), asFailure(error));
	}
}
