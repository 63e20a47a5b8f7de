import { FAILED_EVENTS } from '../../kit/data-tables.mts';
import { chain } from '../../kit/workflows.mts';

export const REPOST_WORKFLOW = 'repostMarked0000';

/** Hands the rows with status `retry` to the workflow that posts, one after the other, and marks them as posted. */
export const repost = (workflowId: string) => {
	const table = { __rl: true, mode: 'name', value: FAILED_EVENTS };
	const filter = (keyName: string, keyValue: string) => ({ conditions: [{ keyName, condition: 'eq', keyValue }] });
	const dataTable = (name: string, parameters: Record<string, unknown>) => ({
		name,
		type: 'n8n-nodes-base.dataTable',
		typeVersion: 1.1,
		parameters: { resource: 'row', dataTableId: table, ...parameters },
	});
	return chain(REPOST_WORKFLOW, 'Post marked rows', [
		{ name: 'Run now', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} },
		dataTable('Marked', { operation: 'get', matchType: 'allConditions', filters: filter('status', 'retry'), returnAll: true }),
		{
			name: 'Event',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: { mode: 'raw', jsonOutput: '={{ JSON.parse($json.payload) }}', options: {} },
		},
		{
			name: 'Post',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			parameters: {
				workflowId: { __rl: true, mode: 'id', value: workflowId },
				mode: 'each',
				options: { waitForSubWorkflow: true },
			},
		},
		dataTable('Posted', {
			operation: 'update',
			matchType: 'allConditions',
			filters: filter('eventId', "={{ $('Event').item.json.eventId }}"),
			columns: {
				mappingMode: 'defineBelow',
				value: { status: 'posted' },
				matchingColumns: [],
				schema: [{ id: 'status', displayName: 'status', required: false, defaultMatch: false, display: true, type: 'string' }],
			},
			options: {},
		}),
	]);
};
