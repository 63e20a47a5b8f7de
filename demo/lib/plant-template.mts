import { join } from 'node:path';
import { fillTemplate, readTemplate, type Credential, type Workflow } from './workflows.mts';

/** Name of the Set node in which each template asks for what differs from plant to plant. */
export const PLANT_SETTINGS = 'Plant settings';

export interface Plant {
	/** Fixed id of the workflow, so that importing again replaces it. */
	id: string;
	credentials: readonly Credential[];
	/** Values for fields of "Plant settings", by field name. The others stay as the template has them. */
	settings?: Record<string, string | number | boolean>;
	/** A shorter interval for schedules, for somebody who watches or waits. */
	everySeconds?: number;
}

/**
 * Reads `templates/<name>.json` and does what a person does after importing it: choose credentials, fill in "Plant
 * settings". Nothing else of the template is changed.
 *
 * @throws Error when a credential or a field of "Plant settings" does not exist
 */
export function plantTemplate(root: string, name: string, plant: Plant): Workflow & { id: string } {
	const { id, credentials, settings = {}, everySeconds } = plant;
	const workflow = fillTemplate(readTemplate(join(root, 'templates', `${name}.json`)), id, credentials);
	if (Object.keys(settings).length > 0) setPlantSettings(workflow, settings);
	if (everySeconds !== undefined) setInterval(workflow, everySeconds);
	return workflow;
}

/** Names of what a template asks for in "Plant settings". */
export function fieldsAskedBy(root: string, name: string): Set<string> {
	const settings = readTemplate(join(root, 'templates', `${name}.json`)).nodes.filter((node) => node.name.startsWith(PLANT_SETTINGS));
	return new Set(
		settings.flatMap(({ parameters }) =>
			(parameters.assignments as { assignments: Array<{ name: string }> }).assignments.map((field) => field.name),
		),
	);
}

/** Of many settings those that a template asks for. */
export function settingsFor<Value>(root: string, name: string, settings: Record<string, Value>): Record<string, Value> {
	const asked = fieldsAskedBy(root, name);
	return Object.fromEntries(Object.entries(settings).filter(([field]) => asked.has(field)));
}

function setPlantSettings(workflow: Workflow, settings: NonNullable<Plant['settings']>): void {
	const nodes = workflow.nodes.filter(({ name }) => name.startsWith(PLANT_SETTINGS));
	if (nodes.length === 0) throw new Error(`"${workflow.name}" has no node named ${PLANT_SETTINGS}`);
	const fields = nodes.flatMap(
		({ parameters }) => (parameters.assignments as { assignments: Array<{ name: string; value: unknown }> }).assignments,
	);
	for (const [name, value] of Object.entries(settings)) {
		const same = fields.filter((field) => field.name === name);
		if (same.length === 0) throw new Error(`"${workflow.name}" has no plant setting named ${name}`);
		for (const field of same) field.value = value;
	}
}

function setInterval(workflow: Workflow, seconds: number): void {
	for (const node of workflow.nodes) {
		if (node.type !== 'n8n-nodes-base.scheduleTrigger') continue;
		node.parameters = { ...node.parameters, rule: { interval: [{ field: 'seconds', secondsInterval: seconds }] } };
	}
}
