import type { Credential, Workflow, WorkflowNode } from '../../demo/lib/workflows.mts';

export const CHECK_WORKFLOW = 'pictureCheck0000';
export const SAVE_WORKFLOW = 'pictureSaveOrder';
export const TRIGGER_WORKFLOW = 'pictureTrigger00';
export const WEBHOOK_WORKFLOW = 'pictureWebhook00';

/** The small workflows that the README builds. */
export function exampleWorkflows(credentials: readonly Credential[]): Array<Workflow & { id: string }> {
	const pico = credentials.find(({ type }) => type === 'picoApi');
	if (!pico) throw new Error('no credential of type picoApi');
	const picoApi = { picoApi: { id: pico.id, name: pico.name } };
	const start = node('When clicking', 'n8n-nodes-base.manualTrigger', [0, 0], {});
	const save = node('Save operation order', 'n8n-nodes-pico-mes.pico', [260, 0], {
		resource: 'operationOrder',
		operation: 'save',
		operationId: { __rl: true, mode: 'partNumber', value: 'PUMP-100' },
		revision: 'B',
		orderId: 'MO-00042',
		quantity: 6,
		options: { onExisting: 'accept', itemPer: 'unit' },
	});
	const check = node('Check connection', 'n8n-nodes-pico-mes.pico', [260, 0], { resource: 'connection', operation: 'check' });
	const trigger = node('Pico MES Trigger', 'n8n-nodes-pico-mes.picoTrigger', [0, 0], {
		event: 'orderCompleted',
		startFrom: 'new',
		deliverNext: 'afterSuccess',
		output: 'simplified',
		options: { attempts: 2, afterLastAttempt: 'failedOutput', orderFilter: 'MO-*', lookBackWindow: 300, connection: 'sse' },
	});
	const serial = node('Has a serial?', 'n8n-nodes-base.if', [280, -140], {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
			combinator: 'and',
			conditions: [
				{
					id: 'serial',
					leftValue: '={{ $json.producedSerial }}',
					rightValue: '',
					operator: { type: 'string', operation: 'notEmpty', singleValue: true },
				},
			],
		},
		options: {},
	});
	serial.typeVersion = 2.2;
	const book = node('Book in the ERP', 'n8n-nodes-base.noOp', [560, -240], {});
	const stop = node('Refuse', 'n8n-nodes-base.stopAndError', [560, -60], {
		errorMessage: 'The ERP takes no unit without a serial number',
	});
	const tell = node('Tell a person', 'n8n-nodes-base.noOp', [280, 140], {});
	const webhook = node('Pico MES Webhook Trigger', 'n8n-nodes-pico-mes.picoWebhookTrigger', [0, 0], {
		event: 'orderCompleted',
		output: 'simplified',
		options: { orderFilter: 'MO-*', lookBackWindow: 300 },
	});
	webhook.webhookId = '7d1f0c52-5f5e-4c58-9a0b-26c1b1a0f3d1';
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	return [
		{
			id: CHECK_WORKFLOW,
			name: 'Check the connection',
			nodes: [start, { ...check, credentials: picoApi }],
			connections: { [start.name]: { main: [to(check.name)] } },
		},
		{
			id: SAVE_WORKFLOW,
			name: 'Release an order',
			nodes: [start, { ...save, credentials: picoApi }],
			connections: { [start.name]: { main: [to(save.name)] } },
		},
		{
			id: TRIGGER_WORKFLOW,
			name: 'Book completions',
			nodes: [{ ...trigger, credentials: picoApi }, serial, book, stop, tell],
			connections: {
				[trigger.name]: { main: [to(serial.name), to(tell.name)] },
				[serial.name]: { main: [to(book.name), to(stop.name)] },
			},
		},
		{
			id: WEBHOOK_WORKFLOW,
			name: 'Book completions by webhook',
			nodes: [{ ...webhook, credentials: picoApi }],
			connections: {},
		},
	].map((workflow) => ({ ...workflow, active: false, settings: { executionOrder: 'v1' } }));
}

function node(
	name: string,
	type: string,
	position: [number, number],
	parameters: Record<string, unknown>,
): WorkflowNode {
	return { id: `picture-${name.toLowerCase().replace(/\W+/g, '-')}`, name, type, typeVersion: 1, position, parameters };
}
