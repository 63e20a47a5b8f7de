'use strict';

/** What the operations return with the default output; see scripts/output-schemas.js. A test compares it with what they do. */
const operation = {
	operationId: 'string?',
	partNumber: 'string?',
	revision: 'string?',
	name: 'string?',
	variantName: 'string?',
	archived: 'boolean',
	updatedAt: 'string?',
	expectedSerials: [{ id: 'string?', name: 'string?', partNumber: 'string?' }],
};
const steps = (inner) => [{ index: 'integer?', parallel: 'boolean', operations: [{ ...operation, steps: inner }] }];

const webhook = { event: 'string?', webhookUrl: 'string?', responseFragment: 'string?', createdAt: 'string?', lastEventAt: 'string?' };

module.exports = {
	'completion/getAll': {
		eventId: 'string',
		orderId: 'string?',
		orderIndex: 'integer',
		completedAt: 'string?',
		cycleTimeSeconds: 'number?',
		partNumber: 'string?',
		revision: 'string?',
		producedSerial: 'string?',
		consumedSerials: [{ id: 'string?', partNumber: 'string?', serial: 'string?' }],
	},
	'connection/check': { check: 'string', verdict: 'string', meaning: 'string', whatToDo: 'string', details: 'object', report: 'string' },
	'note/getAll': {
		eventId: 'string',
		noteId: 'string?',
		text: 'string?',
		eventType: 'string?',
		type: 'string?',
		operator: 'string?',
		station: 'string?',
		at: 'string?',
		metadata: 'object?',
	},
	'operation/get': operation,
	'operation/getAll': operation,
	'operation/getStructure': { ...operation, steps: steps('array'), warnings: ['string'] },
	'operationOrder/cancel': {
		orderId: 'string',
		orderIndex: 'integer?',
		allUnits: 'boolean',
		operationId: 'string',
		partNumber: 'string?',
		result: 'string',
		message: 'string',
	},
	'operationOrder/save': { orderId: 'string', operationId: 'string', partNumber: 'string?', orderIndex: 'integer', result: 'string', message: 'string' },
	'webhook/getAll': { subscriptionId: 'string?', ...webhook },
	'webhook/subscribe': { subscriptionId: 'string?', result: 'string', ...webhook, warning: 'string' },
	'webhook/unsubscribe': { deleted: 'boolean', subscriptionId: 'string', existed: 'boolean', message: 'string?' },
};
