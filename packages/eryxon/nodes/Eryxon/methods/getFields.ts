import type { FieldType as MapperType, ILoadOptionsFunctions, ResourceMapperField, ResourceMapperFields } from 'n8n-workflow';

import { ENTITIES, type Entity, type FieldType } from '../../shared/core/entities';

const TYPES: Record<FieldType, MapperType> = {
	text: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'boolean',
	dateTime: 'dateTime',
	object: 'object',
	textList: 'string',
	id: 'string',
};

/** The fields of the chosen kind of record, for mapping them one by one. */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const resource = String(this.getCurrentNodeParameter('resource'));
	const name = resource === 'erpSync' ? String(this.getCurrentNodeParameter('entity')) : resource;
	// An update finds its record by other means, and a new job may do without a key.
	const keyed = !['create', 'update'].includes(String(this.getCurrentNodeParameter('operation')));
	const entity = Object.values(ENTITIES).find((each) => each.name === name);
	return { fields: entity ? fieldsOf(entity, keyed) : [] };
}

function fieldsOf(entity: Entity, keyed: boolean): ResourceMapperField[] {
	const key = field('external_id', 'External ID', 'string', { required: keyed });
	const first = entity.fields.filter(({ name }) => name === entity.number);
	const parents = (needed: boolean) =>
		entity.references.filter(({ create = false }) => create === needed).flatMap(({ by }) => by.map((way) => field(way.field, way.label, 'string')));
	const others = entity.fields.filter((each) => !first.includes(each));
	const own = ({ name, label, type, values }: (typeof entity.fields)[number]) => {
		// The editor fills a boolean with false, which would switch records off that nobody wanted to touch.
		const choices = type === 'boolean' ? ['true', 'false'] : values;
		return choices
			? field(name, label, 'options', { options: choices.map((value) => ({ name: value, value })) })
			: field(name, label, TYPES[type]);
	};
	return [key, ...first.map(own), ...parents(true), ...others.map(own), ...parents(false), field('external_source', 'External Source', 'string')];
}

function field(id: string, displayName: string, type: MapperType, extra: Partial<ResourceMapperField> = {}): ResourceMapperField {
	return { id, displayName, type, required: false, defaultMatch: false, canBeUsedToMatch: false, display: true, ...extra };
}
