import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { asFailure } from '../../api/failure';
import { toNodeError } from '../../api/nodeError';
import { asObjects, asText } from '../../events/read';

const FIELDS = ['id', 'externalId', 'externalRevision', 'name', 'archivedAt'];

/** What the dropdowns of the triggers offer. What it takes to ask Pico is loaded when somebody opens one. */
export const loadOptions = {
	async getOperations(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		try {
			const { PicoClient } = await import('../../api/client');
			const { operationsDocument } = await import('../../api/documents/reads');
			const client = await PicoClient.of(this);
			const { data } = await client.executeAdapted((dialect) => ({ document: operationsDocument(dialect, {}, FIELDS) }), { repeatable: true });
			return asObjects(data.operations)
				.filter(({ id, archivedAt }) => id && !archivedAt)
				.map((row) => {
					const part = [asText(row.externalId), asText(row.externalRevision)].filter(Boolean).join(' rev. ');
					return { name: [part, asText(row.name)].filter(Boolean).join(': '), value: asText(row.id) ?? '' };
				})
				.sort((a, b) => a.name.localeCompare(b.name));
		} catch (error) {
			throw toNodeError(this.getNode(), asFailure(error));
		}
	},
};
