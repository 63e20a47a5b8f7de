import { plantTemplate } from '../../../../demo/lib/plant-template.mts';
import type { Credential, Workflow, WorkflowNode } from '../../../../demo/lib/workflows.mts';
import { flow, picoCredential, TRIGGER } from '../../kit/flows.mts';
import { Company } from '../../../n8n/templates/odoo/company.mts';
import type { SandboxProcess } from '../../../kit/sandbox.mts';

type Flow = Workflow & { id: string };
export type DeliverNext = 'afterFinish' | 'afterSuccess' | 'immediately';

/**
 * `template`: the completions template as it is. `front`: a trigger with several events per run hands each of them to
 * the template, as other workflows do. `lean`: a trigger and one HTTP request with all events of the run.
 */
export type FlowKind = 'template' | 'front' | 'lean';

export interface FlowSpec {
	kind: FlowKind;
	eventsPerRun: number;
	deliverNext: DeliverNext;
	/** Begins with what Pico has already, instead of with what comes from now on. */
	backlog?: boolean;
}

/** Seconds after which n8n ends a run; no run here comes near it, and a wait for the word of a killed worker is shorter. */
const RUN_TIMEOUT = { lean: 120, template: 120, front: 300 };
/** The template that the fronts call; its own trigger is off, or every event would come twice. */
const CALLED = 'scaleCalledByAll';

export const flowId = ({ kind, eventsPerRun, deliverNext, backlog }: FlowSpec): string =>
	`scale${kind.slice(0, 5)}${deliverNext.slice(-2)}${backlog ? 'b' : ''}${eventsPerRun}`.padEnd(16, 'x');

export function credentialsFor(sandbox: SandboxProcess): Credential[] {
	return [
		picoCredential(sandbox.endpoint, sandbox.token),
		new Company(sandbox).signature(),
	];
}

/** Every workflow that the lines of this run need, none of them published. */
export function workflowsFor(specs: readonly FlowSpec[], sandbox: SandboxProcess, collector: string): Flow[] {
	const credentials = credentialsFor(sandbox);
	const odoo = new Company(sandbox);
	const settings = { odooUrl: odoo.url };
	const template = (id: string) =>
		plantTemplate(process.cwd(), 'pico-completions-to-odoo', { id, credentials, settings });
	const flows = new Map<string, Flow>();
	for (const spec of specs) {
		const id = flowId(spec);
		if (spec.kind === 'lean')
			flows.set(
				id,
				flow({ id, trigger: triggerOf(spec), settings: { executionTimeout: RUN_TIMEOUT.lean } }, collector),
			);
		if (spec.kind === 'template') flows.set(id, asSent(template(id), spec));
		if (spec.kind === 'front') {
			flows.set(id, front(id, spec));
			flows.set(CALLED, withoutItsTrigger(template(CALLED)));
		}
	}
	return [...flows.values()];
}

/** Workflows that have to be published for this one, itself last. */
export const publishedFor = (spec: FlowSpec): string[] =>
	spec.kind === 'front' ? [CALLED, flowId(spec)] : [flowId(spec)];

/** The template with a time-out, and where it begins; its trigger keeps all other settings. */
function asSent(workflow: Flow, { backlog }: FlowSpec): Flow {
	const nodes = workflow.nodes.map((node) =>
		isTrigger(node)
			? { ...node, parameters: { ...node.parameters, startFrom: backlog ? 'earliest' : 'new' } }
			: node,
	);
	return { ...workflow, nodes, settings: { ...workflow.settings, executionTimeout: RUN_TIMEOUT.template } };
}

/** As in the template, but for the number of events and what follows the last attempt. */
const triggerOf = ({ eventsPerRun, deliverNext, backlog }: FlowSpec) => ({
	startFrom: backlog ? 'earliest' : 'new',
	deliverNext,
	options: {
		eventsPerRun,
		afterRestart: 'again',
		...(deliverNext === 'afterSuccess' ? { attempts: 3, afterLastAttempt: 'recordFailure' } : {}),
	},
});

function front(id: string, spec: FlowSpec): Flow {
	const base = flow({ id, trigger: triggerOf(spec), settings: { executionTimeout: RUN_TIMEOUT.front } }, '');
	const call: WorkflowNode = {
		id: `${id}-call`,
		name: 'Post each unit',
		type: 'n8n-nodes-base.executeWorkflow',
		typeVersion: 1.2,
		position: [220, 0],
		parameters: {
			workflowId: { __rl: true, mode: 'id', value: CALLED },
			mode: 'each',
			options: { waitForSubWorkflow: true },
		},
	};
	return {
		...base,
		nodes: [base.nodes[0], call],
		connections: { [TRIGGER]: { main: [[{ node: call.name, type: 'main', index: 0 }]] } },
	};
}

const isTrigger = ({ type }: WorkflowNode) => type === 'n8n-nodes-pico-mes.picoTrigger';

function withoutItsTrigger(workflow: Flow): Flow {
	return { ...workflow, nodes: workflow.nodes.map((node) => (isTrigger(node) ? { ...node, disabled: true } : node)) };
}
