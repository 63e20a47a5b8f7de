import type { Workflow, WorkflowNode } from '../../../../demo/lib/workflows.mts';

export const POSTING_WORKFLOW = 'testPosting00001';

type Step = Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'>;

const steps = (url: string): Step[] => [
	{
		name: 'When called by another workflow',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	},
	{
		name: 'Write it',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'PUT',
			url: `=${url}/postings/{{ $json.eventId }}?create`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody:
				'={{ { orderId: $json.orderId, orderIndex: $json.orderIndex, serial: $json.producedSerial, components: $json.consumedSerials.reduce((all, { partNumber, serial }) => ({ ...all, [partNumber]: [...(all[partNumber] ?? []), serial] }), {}) } }}',
			options: { timeout: 2000, response: { response: { fullResponse: true, neverError: true } } },
		},
	},
	{
		name: 'Taken?',
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
				conditions: [
					{
						id: 'taken',
						leftValue: '={{ $json.statusCode }}',
						rightValue: 300,
						operator: { type: 'number', operation: 'lt' },
					},
				],
				combinator: 'and',
			},
			options: {},
		},
	},
	{ name: 'Posted', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
	{
		name: 'Refused',
		type: 'n8n-nodes-base.stopAndError',
		typeVersion: 1,
		parameters: { errorMessage: '={{ $json.body.message }}' },
	},
];

/** What somebody builds who has neither Odoo nor NetSuite: takes one completion and writes it by its event id. */
export function postingWorkflow(url: string): Workflow & { id: string } {
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	return {
		id: POSTING_WORKFLOW,
		name: 'Post to the plant system',
		nodes: steps(url).map((step, index) => ({ ...step, id: `posting-${index}`, position: [index * 220, 0] })),
		connections: {
			'When called by another workflow': { main: [to('Write it')] },
			'Write it': { main: [to('Taken?')] },
			'Taken?': { main: [to('Posted'), to('Refused')] },
		},
		settings: { executionOrder: 'v1' },
		active: false,
	};
}
