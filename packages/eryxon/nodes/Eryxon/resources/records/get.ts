import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../../shared/api/failure';
import { readRow, type Row } from '../../../shared/core/answers';
import type { Entity } from '../../../shared/core/entities';
import { sourceOption } from '../../helpers/fields';
import { locate, locatorDescription } from '../../helpers/locator';
import type { Execute, Run } from '../../helpers/run';
import { optionsOf } from './options';

export const describeGet = (entity: Entity): INodeProperties[] => [locatorDescription(entity), ...optionsOf(entity.erpSync ? [sourceOption] : [])];

export const get = (entity: Entity): Execute => ({
	each: async (run, item) => {
		const id = await locate(run, item, entity);
		const row = await fetchRow(run, entity, id);
		if (row === undefined) {
			throw new EryxonFailure('notFound', `Eryxon has no ${entity.name} with the ID ${id}`, { hint: 'It may have been deleted.', parameter: entity.title });
		}
		return [row as IDataObject];
	},
});

/** The record with an ID; undefined when there is none. */
export async function fetchRow(run: Run, entity: Entity, id: string): Promise<Row | undefined> {
	try {
		const { data } = await run.client.get(entity.path, { id }, run.signal);
		const row = readRow(data);
		return row?.id === id ? row : undefined;
	} catch (error) {
		if (error instanceof EryxonFailure && error.kind === 'notFound') return undefined;
		throw error instanceof EryxonFailure ? error : new EryxonFailure('server', String(error));
	}
}
