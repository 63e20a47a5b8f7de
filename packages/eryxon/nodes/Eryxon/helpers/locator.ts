import type { INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../shared/api/failure';
import { isObject } from '../../shared/core/answers';
import type { Entity } from '../../shared/core/entities';
import { keyOf } from '../../shared/core/identity';
import { asText, isUuid } from '../../shared/core/values';
import { lookUp } from '../sync/erpSync';
import { findByNumber } from '../sync/find';
import { sourceOf } from './fields';
import { refuse } from './parameters';
import type { Run } from './run';

/** Picks one record: from a list, by ID, by its key in the ERP, or by what people call it. */
export function locatorDescription(entity: Entity): INodeProperties {
	const label = entity.fields.find(({ name }) => name === entity.number)?.label ?? 'Name';
	return {
		displayName: entity.title,
		name: 'record',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: `The ${entity.name}. A name or number must match exactly one.`,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select a ${entity.name}...`,
				typeOptions: { searchListMethod: 'searchRecords', searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 5f0c3f0e-8a53-4f0e-9f0e-3a1f1a2b3c4d' },
			...(entity.erpSync
				? [{ displayName: 'By External ID', name: 'externalId', type: 'string' as const, placeholder: 'e.g. SO-12345' }]
				: []),
			{ displayName: `By ${label}`, name: 'number', type: 'string', placeholder: 'e.g. A-100' },
		],
	};
}

/** ID of the picked record. @throws EryxonFailure unless it is exactly one */
export async function locate(run: Run, item: number, entity: Entity): Promise<string> {
	const raw = run.parameter('record', item, '');
	const mode = isObject(raw) ? String(raw.mode ?? 'id') : 'id';
	const value = asText(isObject(raw) ? raw.value : raw);
	if (value === '') throw refuse(entity.title, 'is empty', `Choose the ${entity.name}, or name it by ID or ${entity.number.replace('_', ' ')}.`);
	if (mode === 'externalId') return await byExternalId(run, item, entity, value);
	if (mode === 'number') return await byNumber(run, entity, value);
	if (!isUuid(value)) {
		throw refuse(entity.title, `is ${value.slice(0, 60)}, which is not an Eryxon ID`, "To use something else, choose 'By External ID' or by number in front of the field.");
	}
	return value;
}

async function byExternalId(run: Run, item: number, entity: Entity, externalId: string): Promise<string> {
	const externalSource = sourceOf(run, item);
	if (externalSource === '') {
		throw refuse('External Source', 'is empty', "Enter the name of the ERP as 'External Source' in the credential, or under Options.");
	}
	const ids = await run.once(`key ${entity.name} ${keyOf(externalSource, externalId)}`, async () => await lookUp(run, entity.name, [{ externalId, externalSource }]));
	const id = ids.get(keyOf(externalSource, externalId));
	if (id !== undefined) return id;
	const hint = entity.name === 'job' ? ' Some versions cannot find jobs by external ID: then use the job number or the ID.' : '';
	throw new EryxonFailure('notFound', `Eryxon has no ${entity.name} with the external ID '${externalId}' of '${externalSource}'`, {
		hint: `Upper and lower case matter, and deleted records are not found.${hint}`,
		parameter: entity.title,
	});
}

async function byNumber(run: Run, entity: Entity, number: string): Promise<string> {
	const found = (await run.once(`number ${entity.name} ${number}`, async () => await findByNumber(run, entity.name, [number]))).get(number);
	if (found === undefined) {
		throw new EryxonFailure('notFound', `Eryxon has no ${entity.name} '${number}'`, { hint: 'Upper and lower case matter, and deleted records are not found.', parameter: entity.title });
	}
	if ('several' in found) {
		const shown = found.several.slice(0, 10).map((row) => `ID ${String(row.id)}`).join(', ');
		throw refuse(entity.title, `is '${number}', which ${found.several.length} records have: ${shown}`, 'Use the ID.');
	}
	return found.id;
}
