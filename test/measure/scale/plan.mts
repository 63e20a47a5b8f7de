import { plantTemplate } from '../../../demo/lib/plant-template.mts';
import type { Credential, Workflow, WorkflowNode } from '../../../demo/lib/workflows.mts';
import type { SandboxProcess } from '../../kit/sandbox.mts';
import { Company } from '../../n8n/templates/odoo/company.mts';
import { flow, picoCredential, TRIGGER } from '../kit/flows.mts';

type Flow = Workflow & { id: string };

/** Which workflow carries the events, and how. */
export interface FlowSpec {
	/**
	 * `template`: the completions template as it is. `front`: a trigger with several events per run hands each of them to
	 * the template, as other workflows do. `lean`: a trigger and one HTTP request with all events of the run.
	 */
	kind: 'template' | 'front' | 'lean';
	eventsPerRun: number;
	deliverNext: 'afterFinish' | 'afterSuccess' | 'immediately';
	/** Begins with what Pico has already, instead of with what comes from now on. */
	backlog?: boolean;
}

export interface LineSpec extends FlowSpec {
	name: string;
	/** Events for each second; 0: all are there when the workflow is published, to see how fast they are worked off. */
	rate: number;
	events: number;
	/** Seconds between two kills of a worker; absent: none is killed. */
	killEvery?: number;
}

export const PARTS = ['search', 'template', 'lean'] as const;
export type Part = (typeof PARTS)[number];

/** Share of what the template carried undisturbed that it gets while workers are killed. */
const SHARE_UNDER_KILLS = 0.4;
const LEAST_TEMPLATE_RATE = 0.2;
/** Seconds after which n8n ends a run; no run here comes near it, and a wait for the word of a killed worker is shorter. */
const RUN_TIMEOUT = { lean: 120, template: 120, front: 300 };
/** The template that the fronts call; its own trigger is off, or every event would come twice. */
const CALLED = 'scaleCalledByAll';

function nameOf({ kind, eventsPerRun, deliverNext }: FlowSpec): string {
	const what = { lean: 'Lean flow: one HTTP request for each run', template: 'Odoo completions template as it is', front: 'Trigger that hands each event to the Odoo template' }[kind];
	return `${what}, ${eventsPerRun} per run${deliverNext === 'immediately' ? ', Deliver Next Event: Immediately' : ''}`;
}

const backlog = (events: number, kind: FlowSpec['kind'], eventsPerRun: number, deliverNext: FlowSpec['deliverNext'] = 'afterSuccess'): LineSpec => {
	const spec = { kind, eventsPerRun, deliverNext, backlog: true };
	return { ...spec, rate: 0, events, name: nameOf(spec) };
};

/** How fast each setting works off a backlog, with no worker killed. */
export const SEARCH: readonly LineSpec[] = [
	backlog(200, 'lean', 1),
	backlog(1_000, 'lean', 10),
	backlog(5_000, 'lean', 50),
	backlog(10_000, 'lean', 100),
	backlog(200, 'lean', 1, 'immediately'),
	backlog(60, 'template', 1),
	backlog(60, 'front', 10),
	backlog(100, 'front', 50),
];

/** The lines in which workers are killed. */
const LONG: Record<'template' | 'lean', FlowSpec> = {
	template: { kind: 'template', eventsPerRun: 1, deliverNext: 'afterSuccess' },
	lean: { kind: 'lean', eventsPerRun: 100, deliverNext: 'afterSuccess' },
};

export const longLine = (part: keyof typeof LONG, rate: number, seconds: number, killEvery: number): LineSpec => ({
	...LONG[part],
	name: `${nameOf(LONG[part])}, ${rate} events/s`,
	...{ rate, events: Math.max(1, Math.round(rate * seconds)), killEvery },
});

/** What the template gets in its line. */
export const templateRate = (carried: number): number => Math.max(LEAST_TEMPLATE_RATE, Math.floor(carried * SHARE_UNDER_KILLS * 10) / 10);

export const flowId = ({ kind, eventsPerRun, deliverNext, backlog: from }: FlowSpec): string => `scale${kind.slice(0, 5)}${deliverNext.slice(-2)}${from ? 'b' : ''}${eventsPerRun}`.padEnd(16, 'x');

/** Workflows that have to be published for this one, itself last. */
export const publishedFor = (spec: FlowSpec): string[] => (spec.kind === 'front' ? [CALLED, flowId(spec)] : [flowId(spec)]);

/** Every workflow that these parts need, none of them published. */
export function contentFor(parts: readonly Part[], sandbox: SandboxProcess, collector: string): { credentials: Credential[]; workflows: Flow[] } {
	const odoo = new Company(sandbox);
	const credentials = [picoCredential(sandbox.endpoint, sandbox.token), odoo.signature()];
	const template = (id: string) => plantTemplate(process.cwd(), 'pico-completions-to-odoo', { id, credentials, settings: { odooUrl: odoo.url } });
	const specs = [...(parts.includes('search') ? SEARCH : []), ...(['template', 'lean'] as const).filter((part) => parts.includes(part)).map((part) => LONG[part])];
	const workflows = new Map<string, Flow>();
	for (const spec of specs) {
		const id = flowId(spec);
		if (spec.kind === 'lean') workflows.set(id, flow({ id, trigger: triggerOf(spec), settings: { executionTimeout: RUN_TIMEOUT.lean } }, collector));
		// The template with a time-out, and where it begins; its trigger keeps all other settings.
		if (spec.kind === 'template') workflows.set(id, changed(template(id), ({ parameters }) => ({ parameters: { ...parameters, startFrom: spec.backlog ? 'earliest' : 'new' } }), RUN_TIMEOUT.template));
		if (spec.kind === 'front') workflows.set(id, front(id, spec)).set(CALLED, changed(template(CALLED), () => ({ disabled: true })));
	}
	return { credentials, workflows: [...workflows.values()] };
}

/** As in the template, but for the number of events and what follows the last attempt. */
const triggerOf = ({ eventsPerRun, deliverNext, backlog: from }: FlowSpec) => ({
	startFrom: from ? 'earliest' : 'new',
	deliverNext,
	options: { eventsPerRun, afterRestart: 'again', ...(deliverNext === 'afterSuccess' ? { attempts: 3, afterLastAttempt: 'recordFailure' } : {}) },
});

function front(id: string, spec: FlowSpec): Flow {
	const base = flow({ id, trigger: triggerOf(spec), settings: { executionTimeout: RUN_TIMEOUT.front } }, '');
	const parameters = { workflowId: { __rl: true, mode: 'id', value: CALLED }, mode: 'each', options: { waitForSubWorkflow: true } };
	const call: WorkflowNode = { id: `${id}-call`, name: 'Post each unit', type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1.2, position: [220, 0], parameters };
	return { ...base, nodes: [base.nodes[0], call], connections: { [TRIGGER]: { main: [[{ node: call.name, type: 'main', index: 0 }]] } } };
}

/** A workflow whose trigger is another one. */
function changed(workflow: Flow, change: (trigger: WorkflowNode) => Partial<WorkflowNode>, executionTimeout?: number): Flow {
	const nodes = workflow.nodes.map((node) => (node.type === 'n8n-nodes-pico-mes.picoTrigger' ? { ...node, ...change(node) } : node));
	return { ...workflow, nodes, settings: { ...workflow.settings, ...(executionTimeout ? { executionTimeout } : {}) } };
}
