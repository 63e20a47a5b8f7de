import type { Credential, Workflow, WorkflowNode } from '../../../demo/lib/workflows.mts';

export const PICO_CREDENTIAL = { id: 'testPicoApi00001', name: 'Pico under test' };

export const picoCredential = (endpoint: string, token: string): Credential => ({
	...PICO_CREDENTIAL,
	type: 'picoApi',
	data: { endpoint, token, ignoreTlsIssues: false },
});

const credentials = { picoApi: PICO_CREDENTIAL };

type Step = Pick<WorkflowNode, 'name' | 'type' | 'typeVersion' | 'parameters'> & Partial<WorkflowNode>;

/** A workflow whose nodes follow one another in the given order. */
export function chain(id: string, name: string, steps: Step[]): Workflow & { id: string } {
	const nodes = steps.map((step, index) => ({
		...step,
		id: `${id}-${index}`,
		position: [index * 220, 0] as [number, number],
	}));
	const links = nodes.slice(0, -1).map(({ name: from }, index) => {
		return [from, { main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] }] as const;
	});
	return { id, name, nodes, connections: Object.fromEntries(links), settings: { executionOrder: 'v1' }, active: false };
}

export const TRIGGER = 'Completed in Pico';

/** The trigger for completed orders, with what a test wants to differ from the defaults. */
export const picoTrigger = (parameters: Record<string, unknown> = {}): Step => ({
	name: TRIGGER,
	type: 'n8n-nodes-pico-mes.picoTrigger',
	typeVersion: 1,
	parameters: { event: 'orderCompleted', startFrom: 'new', output: 'simplified', ...parameters },
	credentials,
});

export const manualTrigger: Step = {
	name: 'Run',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

export const saveOrder = (orderId: string, partNumber: string, quantity: number): Step => ({
	name: 'Save',
	type: 'n8n-nodes-pico-mes.pico',
	typeVersion: 1,
	parameters: {
		resource: 'operationOrder',
		operation: 'save',
		operationId: { __rl: true, mode: 'partNumber', value: partNumber },
		orderId,
		quantity,
		options: {},
	},
	credentials,
});

/** Keeps a run going for a while, inside n8n's process. */
export const pauseFor = (seconds: number): Step => ({
	name: 'Take time',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { resume: 'timeInterval', amount: seconds, unit: 'seconds' },
});

export const lastStep: Step = { name: 'Done', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
