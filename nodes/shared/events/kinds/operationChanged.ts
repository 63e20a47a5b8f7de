import { asObjects, asText } from '../read';
import type { EventKind } from '../types';

/** A product, subassembly or process was deployed, changed or archived. */
export const operationChanged: EventKind = {
	id: 'operationChanged',
	displayName: 'Operation Changed',
	description: 'A product, subassembly or process was deployed, changed or archived',
	streamField: 'operationsStream',
	typeName: 'Operation',
	cursorField: 'updatedAt',
	selection: [
		{ name: 'id' },
		{ name: 'externalId' },
		{ name: 'externalRevision' },
		{ name: 'name' },
		{ name: 'templateID' },
		{ name: 'variantName' },
		{ name: 'consumedSerials', type: 'Attribute', fields: [{ name: 'id' }, { name: 'name' }, { name: 'externalId' }] },
		{ name: 'updatedAt' },
		{ name: 'archivedAt' },
	],
	identityFields: ['id', 'externalId', 'externalRevision', 'variantName', 'updatedAt'],
	namedBy: ['id', 'externalId', 'externalRevision', 'updatedAt'],
	requiredFields: ['id', 'externalId', 'updatedAt'],
	productPath: ['id'],
	changedOperation: 'id',
	repeatIsCorrection: false,
	hasLines: false,
	// Nearly always there is nothing to put right, and lists of operations are long: no copy then.
	normalise: (row) => (isClean(row.consumedSerials) ? row : { ...row, consumedSerials: asObjects(row.consumedSerials ?? []) }),
	identity(row) {
		return [...this.subject(row), asText(row.updatedAt)];
	},
	// The schema lets `id` be null; part number, revision and variant then name the operation.
	subject: (row) =>
		row.id ? [asText(row.id)] : [null, asText(row.externalId), asText(row.externalRevision), asText(row.variantName)],
	simplify: (row) => ({
		operationId: asText(row.id),
		partNumber: asText(row.externalId),
		revision: asText(row.externalRevision),
		name: asText(row.name),
		variantName: asText(row.variantName),
		archived: row.archivedAt !== null && row.archivedAt !== undefined,
		updatedAt: asText(row.updatedAt),
		expectedSerials: asObjects(row.consumedSerials ?? []).map((serial) => ({
			id: asText(serial.id),
			name: asText(serial.name),
			partNumber: asText(serial.externalId),
		})),
	}),
	sample: {
		id: 'sample-operation',
		externalId: 'PUMP-100',
		externalRevision: 'B',
		name: 'Coolant pump',
		templateID: null,
		variantName: null,
		consumedSerials: [{ id: 'sample-attribute', name: 'Motor serial', externalId: 'MOTOR-20' }],
		updatedAt: '2026-01-05T08:00:00.000Z',
		archivedAt: null,
	},
};

function isClean(serials: unknown): boolean {
	return Array.isArray(serials) && serials.every((serial) => typeof serial === 'object' && serial !== null);
}
