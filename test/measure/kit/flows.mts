import type { IDataObject } from 'n8n-workflow';

import type { Credential, Workflow, WorkflowNode } from '../../../demo/lib/workflows.mts';

const PICO = { id: 'faultsPicoApi001', name: 'Pico' };

export const TRIGGER = 'Completed in Pico';

export const picoCredential = (endpoint: string, token: string): Credential => ({
	...PICO,
	type: 'picoApi',
	data: { endpoint, token, ignoreTlsIssues: false },
});

export interface Flow {
	/** 16 characters, as n8n makes them. */
	id: string;
	/** Parameters of the trigger that differ from: completions, from the earliest on, simplified. */
	trigger?: IDataObject;
	settings?: Record<string, unknown>;
	/** Nodes between the trigger and the call of the collector. */
	between?: Array<Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'>>;
}

/** Trigger, then one call that tells the collector every event of the run. */
export function flow({ id, trigger = {}, settings = {}, between = [] }: Flow, collector: string): Workflow & { id: string } {
	const steps = [
		{
			name: TRIGGER,
			type: 'n8n-nodes-pico-mes.picoTrigger',
			typeVersion: 1,
			parameters: { event: 'orderCompleted', startFrom: 'earliest', output: 'simplified', ...trigger },
			credentials: { picoApi: PICO },
		},
		...between,
		{
			name: 'Tell',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			executeOnce: true,
			parameters: {
				method: 'POST',
				url: `${collector}/${id}`,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `={{ JSON.stringify({ run: $execution.id, events: $('${TRIGGER}').all().map(({ json }) => [json.eventId, json.orderId, json.delivery.attempt]) }) }}`,
				options: {},
			},
		},
	];
	const nodes = steps.map((step, index) => ({ ...step, id: `${id}-${index}`, position: [index * 220, 0] as [number, number] }));
	const links = nodes.slice(0, -1).map(({ name }, index) => [name, { main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] }]);
	return { id, name: id, nodes, connections: Object.fromEntries(links), settings: { executionOrder: 'v1', ...settings }, active: false };
}

/** A Code node that writes workflow static data in every run, as people do to count or remember something. */
export const writesStaticData = {
	name: 'Remember',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: "const memory = $getWorkflowStaticData('global');\nmemory.runs = (memory.runs ?? 0) + 1;\nreturn $input.all();",
	},
};
