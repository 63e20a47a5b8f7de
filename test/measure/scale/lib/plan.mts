import type { FlowSpec } from './flows.mts';
import type { LineSpec } from './line.mts';

export const PARTS = ['search', 'template', 'lean'] as const;
export type Part = (typeof PARTS)[number];

/** Share of what the template carried undisturbed that it gets while workers are killed. */
const SHARE_UNDER_KILLS = 0.4;
const LEAST_TEMPLATE_RATE = 0.2;
/** Events of one run in the line at the full rate. */
const LEAN_EVENTS_PER_RUN = 100;

const backlog = (spec: FlowSpec, events: number): LineSpec => ({
	...spec,
	backlog: true,
	rate: 0,
	events,
	name: nameOf(spec),
});

/** How fast each setting works off a backlog, with no worker killed. */
export const SEARCH: readonly LineSpec[] = [
	backlog({ kind: 'lean', eventsPerRun: 1, deliverNext: 'afterSuccess' }, 200),
	backlog({ kind: 'lean', eventsPerRun: 10, deliverNext: 'afterSuccess' }, 1_000),
	backlog({ kind: 'lean', eventsPerRun: 50, deliverNext: 'afterSuccess' }, 5_000),
	backlog({ kind: 'lean', eventsPerRun: 100, deliverNext: 'afterSuccess' }, 10_000),
	backlog({ kind: 'lean', eventsPerRun: 1, deliverNext: 'immediately' }, 200),
	backlog({ kind: 'template', eventsPerRun: 1, deliverNext: 'afterSuccess' }, 60),
	backlog({ kind: 'front', eventsPerRun: 10, deliverNext: 'afterSuccess' }, 60),
	backlog({ kind: 'front', eventsPerRun: 50, deliverNext: 'afterSuccess' }, 100),
];

const TEMPLATE: FlowSpec = { kind: 'template', eventsPerRun: 1, deliverNext: 'afterSuccess' };
const LEAN: FlowSpec = { kind: 'lean', eventsPerRun: LEAN_EVENTS_PER_RUN, deliverNext: 'afterSuccess' };

/** What the template gets in its line. */
export const templateRate = (carried: number): number =>
	Math.max(LEAST_TEMPLATE_RATE, Math.floor(carried * SHARE_UNDER_KILLS * 10) / 10);

export const templateLine = (rate: number, seconds: number, killEvery: number): LineSpec => ({
	...TEMPLATE,
	name: `${nameOf(TEMPLATE)}, ${rate} events/s`,
	rate,
	events: Math.max(1, Math.round(rate * seconds)),
	killEvery,
});

export const leanLine = (rate: number, seconds: number, killEvery: number): LineSpec => ({
	...LEAN,
	name: `${nameOf(LEAN)}, ${rate} events/s`,
	rate,
	events: rate * seconds,
	killEvery,
});

/** All flows that a run may need; they are imported before anything is measured. */
export const flowsOf = (parts: readonly Part[]): FlowSpec[] => [
	...(parts.includes('search') ? SEARCH : []),
	...(parts.includes('template') ? [TEMPLATE] : []),
	...(parts.includes('lean') ? [LEAN] : []),
];

function nameOf({ kind, eventsPerRun, deliverNext }: FlowSpec): string {
	const what = {
		lean: 'Lean flow: one HTTP request for each run',
		template: 'Odoo completions template as it is',
		front: 'Trigger that hands each event to the Odoo template',
	}[kind];
	return `${what}, ${eventsPerRun} per run${deliverNext === 'immediately' ? ', Deliver Next Event: Immediately' : ''}`;
}
