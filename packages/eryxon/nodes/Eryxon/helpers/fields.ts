import type { INodeProperties } from 'n8n-workflow';

import { isObject } from '../../shared/core/answers';
import { plainName } from '../../shared/core/columns';
import type { Entity } from '../../shared/core/entities';
import { RecordReader, type ReadOptions } from '../../shared/core/record';
import { asText } from '../../shared/core/values';
import type { Run } from './run';

/** The fields of a record: from the input item by their names, or mapped one by one. */
export const fieldsDescription: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'autoMapInputData', value: null },
	required: true,
	typeOptions: {
		loadOptionsDependsOn: ['resource', 'operation', 'entity'],
		resourceMapper: {
			resourceMapperMethod: 'getFields',
			mode: 'add',
			valuesLabel: 'Fields',
			fieldWords: { singular: 'field', plural: 'fields' },
			addAllFields: false,
			multiKeyMatch: false,
			supportAutoMap: true,
		},
	},
	description:
		"Where the values come from. Automatic mapping takes the names of Eryxon's API and of its CSV import, in any case and with spaces or underscores.",
};

export const apiVersionOption: INodeProperties = {
	displayName: 'API Version',
	name: 'apiVersion',
	type: 'options',
	default: 'auto',
	options: [
		{ name: '0.10 and Newer', value: 'strict', description: 'Only known fields, bulk answers count' },
		{ name: '0.2 to 0.9', value: 'generic', description: 'Table columns as they are, bulk answers count but cannot be trusted' },
		{ name: 'As Documented (Before 0.2)', value: 'documented', description: 'Parents by external ID, bulk answers with one result for each record' },
		{ name: 'Automatic', value: 'auto', description: 'Ask Eryxon with two small calls, and remember the answer for an hour' },
	],
	description: 'Which version of the API the server uses',
};

export const emptyOption: INodeProperties = {
	displayName: 'Empty Values',
	name: 'emptyValues',
	type: 'options',
	default: 'leaveOut',
	options: [
		{ name: 'Clear the Field', value: 'clear', description: 'Send an empty value, which clears the stored one' },
		{ name: 'Leave Out', value: 'leaveOut', description: 'Do not send the field, so the stored value stays' },
	],
	description: 'What to do with fields that are empty in the input',
};

export const sourceOption: INodeProperties = {
	displayName: 'External Source',
	name: 'externalSource',
	type: 'string',
	default: '',
	placeholder: 'e.g. Odoo',
	description: "Name of the ERP, for records without 'external_source'. Leave empty to use the one of the credential.",
};

/** The name of the ERP for one item, unless its record says otherwise. */
export function sourceOf(run: Run, item: number): string {
	return asText(run.option('externalSource', item)) || run.client.externalSource;
}

/** Reads the record of an item; one reader for the items that share their settings. */
export class FieldReader {
	private readonly readers = new Map<string, RecordReader>();
	/** An expression may differ from item to item; anything else is read once. */
	private readonly fixed: { source?: string; empty?: ReadOptions['empty']; automatic?: boolean } = {};

	constructor(
		private readonly run: Run,
		private readonly entity: Entity,
		private readonly keyed: boolean,
	) {
		const parameters: Record<string, unknown> = run.context.getNode().parameters;
		const { fields, options } = parameters;
		const plain = !JSON.stringify(options ?? {}).includes('"=');
		if (plain) this.fixed = { source: sourceOf(run, 0), empty: emptyOf(run, 0) };
		if (isObject(fields) && fields.mappingMode === 'autoMapInputData') this.fixed.automatic = true;
	}

	/** @throws RecordProblem */
	read(item: number) {
		const { run, fixed } = this;
		const externalSource = fixed.source ?? sourceOf(run, item);
		const empty = fixed.empty ?? emptyOf(run, item);
		const key = `${empty} ${externalSource}`;
		const options = { externalSource, empty, keyed: this.keyed, zone: run.context.getTimezone() };
		const reader = this.readers.get(key) ?? new RecordReader(this.entity, options);
		this.readers.set(key, reader);
		return reader.read(this.input(item));
	}

	/** Values of an item before they are read. */
	input(item: number): Record<string, unknown> {
		const incoming = this.run.context.getInputData()[item].json;
		if (this.fixed.automatic) return incoming;
		const fields = this.run.parameter('fields', item, {});
		if (!isObject(fields)) return incoming;
		if (fields.mappingMode === 'autoMapInputData') return incoming;
		return isObject(fields.value) ? fields.value : {};
	}

	/** Tells which columns have no place in Eryxon, once for all items. */
	tellUnknown(ignored: readonly string[] = []): void {
		const known = ignored.map(plainName);
		const names = new Set([...this.readers.values()].flatMap(({ unknown }) => [...unknown]).filter((name) => !known.includes(plainName(name))));
		if (names.size === 0) return;
		const shown = [...names].slice(0, 15).map((name) => `'${name}'`).join(', ');
		this.run.warn(`Not sent, because a ${this.entity.name} in Eryxon has no such field: ${shown}${names.size > 15 ? ` and ${names.size - 15} more` : ''}`);
	}
}

function emptyOf(run: Run, item: number): ReadOptions['empty'] {
	return run.option('emptyValues', item) === 'clear' ? 'clear' : 'leaveOut';
}
