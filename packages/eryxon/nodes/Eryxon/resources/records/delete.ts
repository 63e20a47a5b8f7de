import type { INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../../shared/api/failure';
import type { Entity } from '../../../shared/core/entities';
import { sourceOption } from '../../helpers/fields';
import { locate, locatorDescription } from '../../helpers/locator';
import type { Execute } from '../../helpers/run';
import { fetchRow } from './get';
import { optionsOf } from './options';

const missingOption: INodeProperties = {
	displayName: 'Ignore If Not Found',
	name: 'ignoreIfNotFound',
	type: 'boolean',
	default: false,
	description: 'Whether to continue if no record has this ID',
};

export const describeDelete = (entity: Entity): INodeProperties[] => [
	...(entity.name === 'cell'
		? []
		: [
				{
					displayName: `Eryxon keeps the external ID and number of a deleted ${entity.name}: a record with the same key cannot be created again`,
					name: 'keptKeyNotice',
					type: 'notice' as const,
					default: '',
				},
			]),
	locatorDescription(entity),
	...optionsOf([missingOption, ...(entity.erpSync ? [sourceOption] : [])]),
];

export const remove = (entity: Entity): Execute => ({
	each: async (run, item) => {
		const ignoreIfNotFound = run.option('ignoreIfNotFound', item) === true;
		let id: string;
		try {
			id = await locate(run, item, entity);
		} catch (error) {
			if (ignoreIfNotFound && error instanceof EryxonFailure && error.kind === 'notFound') return [{ deleted: false }];
			throw error instanceof EryxonFailure ? error : new EryxonFailure('server', String(error));
		}
		// Eryxon answers in the same way for an ID that does not exist.
		if ((await fetchRow(run, entity, id)) === undefined) {
			if (ignoreIfNotFound) return [{ deleted: false, id }];
			throw new EryxonFailure('notFound', `Eryxon has no ${entity.name} with the ID ${id}`, {
				hint: "It may have been deleted already. Turn on the option 'Ignore If Not Found' to continue anyway.",
				parameter: entity.title,
			});
		}
		await run.client.send({ method: 'DELETE', path: entity.path, query: { id }, repeatable: true, signal: run.signal });
		return [{ deleted: true, id }];
	},
});
