import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { asFailure } from '../../../shared/api/failure';
import { readRow } from '../../../shared/core/answers';
import type { Entity } from '../../../shared/core/entities';
import { payloadOf, type SyncRecord } from '../../../shared/core/record';
import { apiVersionOption, emptyOption, FieldReader, fieldsDescription, sourceOption } from '../../helpers/fields';
import { locate, locatorDescription } from '../../helpers/locator';
import { refuse } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { withKey } from '../../sync/prepare';
import { ParentResolver } from '../../sync/resolve';
import { optionsOf } from './options';

export const describeUpdate = (entity: Entity): INodeProperties[] => [
	locatorDescription(entity),
	fieldsDescription,
	...optionsOf([apiVersionOption, emptyOption, sourceOption]),
];

export const update = (entity: Entity): Execute => ({
	each: async (run, item) => {
		const { reader, records, parents } = await shared(run, entity);
		const record = records(item);
		const id = await locate(run, item, entity);
		const { payload, left } = payloadOf(entity, record, parents.of(record), await run.generation());
		if (item === run.itemCount - 1) reader.tellUnknown(['record']);
		if (left.length > 0) run.warn(`Not sent, because this version of Eryxon does not store it: ${left.join(', ')}`);
		if (Object.keys(payload).length === 0) {
			throw refuse('Fields', 'contain nothing to change', `Enter at least one field of a ${entity.name}, for example '${entity.number}'.`);
		}
		try {
			const { data } = await run.client.send({ method: 'PATCH', path: entity.path, query: { id }, body: payload, repeatable: true, signal: run.signal });
			return [(readRow(data) ?? { id }) as IDataObject];
		} catch (error) {
			throw withKey(asFailure(error), record);
		}
	},
});

interface Shared {
	reader: FieldReader;
	records: (item: number) => SyncRecord;
	parents: ParentResolver;
}

/** Reads the records of all items, to look their parents up once. */
async function shared(run: Run, entity: Entity): Promise<Shared> {
	return await run.once('update', async () => {
		const reader = new FieldReader(run, entity, false);
		const readable: SyncRecord[] = [];
		for (let item = 0; item < run.itemCount; item++) {
			try {
				readable.push(reader.read(item));
			} catch {
				// Read again, and told, when it is this item's turn.
				continue;
			}
		}
		const parents = new ParentResolver(run, entity, await run.generation());
		await parents.prepare(readable);
		for (const key of parents.unknownJobs()) parents.notLearned(key, 'this version only finds it while it syncs parts');
		return { reader, records: (item) => reader.read(item), parents };
	});
}
