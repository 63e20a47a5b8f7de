import { asNumber, asText } from '../read';
import type { EventKind } from '../types';

/** A step of a product or subassembly was added or moved. */
export const structureChanged: EventKind = {
	id: 'structureChanged',
	displayName: 'Product Structure Changed',
	description: 'A step of a product or subassembly was added or moved',
	streamField: 'subOperationsStream',
	typeName: 'SubOperation',
	cursorField: 'updatedAt',
	selection: [
		{ name: 'parentId' },
		{ name: 'childId', legacy: 'subId' },
		{ name: 'childIndex', legacy: 'subGroup' },
		{ name: 'updatedAt' },
	],
	identityFields: ['parentId', 'childId', 'childIndex', 'updatedAt'],
	namedBy: ['parentId', 'childId', 'childIndex', 'updatedAt'],
	requiredFields: ['parentId', 'childId', 'updatedAt'],
	productPath: ['parentId'],
	changedOperation: 'parentId',
	repeatIsCorrection: false,
	hasLines: false,
	normalise({ subId, subGroup, ...row }) {
		return { ...row, childId: row.childId ?? subId ?? null, childIndex: row.childIndex ?? subGroup ?? null };
	},
	identity(row) {
		return [...this.subject(row), asText(row.updatedAt)];
	},
	subject: (row) => [asText(row.parentId), asText(row.childId), asNumber(row.childIndex)],
	simplify: (row) => ({
		parentId: asText(row.parentId),
		childId: asText(row.childId),
		childIndex: asNumber(row.childIndex),
		updatedAt: asText(row.updatedAt),
	}),
	sample: {
		parentId: 'sample-operation',
		childId: 'sample-process',
		childIndex: 0,
		updatedAt: '2026-01-05T08:00:00.000Z',
	},
};
