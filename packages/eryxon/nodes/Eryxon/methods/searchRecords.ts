import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { EryxonClient } from '../../shared/api/client';
import { toNodeError } from '../../shared/api/nodeError';
import { readPage } from '../../shared/core/answers';
import { ENTITIES, type EntityName } from '../../shared/core/entities';

const PAGE = 100;

/** Records of the chosen kind, for the picker; the filter is asked of Eryxon and then applied here. */
export async function searchRecords(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string): Promise<INodeListSearchResult> {
	const resource = String(this.getCurrentNodeParameter('resource'));
	// Issues are about operations.
	const entity = ENTITIES[(resource === 'issue' ? 'operation' : resource) as EntityName];
	const words = (filter ?? '').trim();
	const offset = Number(paginationToken ?? 0) || 0;
	try {
		const client = await EryxonClient.of(this);
		const search = words !== '' && !/[,()"\\]/.test(words) ? { search: words } : {};
		const { data, meta } = await client.get(entity.path, { ...search, limit: PAGE, offset });
		const { rows, total } = readPage(data, meta);
		const results = rows
			.map((row) => ({ name: [row[entity.number], row.customer ?? row.material].filter(Boolean).map(String).join(', '), value: String(row.id) }))
			.filter(({ name }) => words === '' || 'search' in search || name.toLowerCase().includes(words.toLowerCase()));
		const next = offset + rows.length;
		return { results, ...(rows.length > 0 && total !== undefined && total > next ? { paginationToken: String(next) } : {}) };
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}
