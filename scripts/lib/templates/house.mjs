import { downstreamOf, isTrigger, linksOf, STICKY } from './graph.mjs';
import { isExpression, textsIn } from './values.mjs';

const SETTINGS = 'Plant settings';
/** Triggers that report trouble or answer them, and do not need the settings of the plant. */
const WITHOUT_SETTINGS = new Set(['n8n-nodes-base.errorTrigger']);
const ERROR_PATH = ['n8n-nodes-base.errorTrigger', 'When a run fails', 'What went wrong', 'Error table', 'Note the error'];
/** Table of the errors, by the package whose nodes a template has. */
const ERROR_TABLES = [['n8n-nodes-eryxon.', 'Eryxon workflow errors'], ['', 'Pico workflow errors']];
const PICO_TRIGGER = 'n8n-nodes-pico-mes.picoTrigger';

/** What all templates of this package have in common. */
export function checkHouse({ workflow, report }) {
	if (!workflow.nodes.some(({ name, type }) => name === 'About this workflow' && type === STICKY)) {
		report('', 'has no sticky note "About this workflow"', 'add one: what it does, how to set it up, why repeats are safe');
	}
	checkSettings(workflow, report);
	checkErrorPath(workflow, report);
	checkFailedPath(workflow, report);
}

function checkSettings(workflow, report) {
	const settings = workflow.nodes.find(({ name }) => name === SETTINGS);
	if (!settings) return report('', `has no node "${SETTINGS}"`, 'add a Set node with that name behind the triggers');
	if (settings.type !== 'n8n-nodes-base.set' || settings.parameters.includeOtherFields !== true) {
		report(SETTINGS, 'is not a Set node that keeps the other fields', 'use Edit Fields (Set) with "Include Other Input Fields"');
	}
	const direct = new Set(linksOf(workflow).filter(({ to }) => to === SETTINGS).map(({ from }) => from));
	for (const node of workflow.nodes) {
		if (isTrigger(node) && !WITHOUT_SETTINGS.has(node.type) && !direct.has(node.name) && !downstreamOf(workflow, node.name).has(SETTINGS)) {
			report(node.name, `does not lead to ${SETTINGS}`, `connect it to ${SETTINGS}`);
		}
		if (node.name === SETTINGS || node.type === STICKY) continue;
		for (const { path, text } of textsIn(node.parameters)) {
			if (/https?:\/\/[\w.-]+\.\w/.test(text) || /example\.com/.test(text)) {
				report(node.name, `${path} holds an address`, `move it to a field of ${SETTINGS} and refer to that`);
			}
		}
	}
	const fixed = settings.parameters.assignments?.assignments ?? [];
	for (const { name, value } of fixed) {
		if (typeof value === 'string' && isExpression(value)) report(SETTINGS, `"${name}" is an expression`, 'enter a plain value that a person can change');
	}
}

/** Whether only other workflows start it: an error is theirs to tell. */
const isOnlyCalled = ({ nodes }) => nodes.filter(isTrigger).every(({ type }) => type === 'n8n-nodes-base.executeWorkflowTrigger');

function checkErrorPath(workflow, report) {
	const [type, ...names] = ERROR_PATH;
	const links = linksOf(workflow);
	const trigger = workflow.nodes.find((node) => node.type === type);
	if (!trigger && isOnlyCalled(workflow)) return;
	if (!trigger) return report('', 'has no Error Trigger', `add the error path: ${names.join(' -> ')}`);
	names.slice(1).forEach((name, index) => {
		const from = index === 0 ? trigger.name : names[index];
		if (!links.some((link) => link.from === from && link.to === name)) {
			report(from, `does not lead to "${name}"`, `wire the error path as in the other templates: ${names.join(' -> ')}`);
		}
	});
	const note = workflow.nodes.find(({ name }) => name === names.at(-1));
	const [, table] = ERROR_TABLES.find(([prefix]) => workflow.nodes.some((node) => node.type.startsWith(prefix)));
	if (note && (note.parameters.operation !== 'upsert' || note.parameters.dataTableId?.value !== table)) {
		report(note.name, `does not upsert into "${table}"`, 'take its parameters from another template');
	}
}

function checkFailedPath(workflow, report) {
	const links = linksOf(workflow);
	for (const node of workflow.nodes) {
		if (node.type !== PICO_TRIGGER) continue;
		const { deliverNext, options } = node.parameters;
		if (deliverNext !== 'afterSuccess' || options?.afterLastAttempt !== 'failedOutput') {
			report(node.name, 'does not send what fails to the Failed output', 'set Deliver Next Event to "After Run Succeeds" and After Last Attempt to "Send to Failed Output"');
			continue;
		}
		const failed = links.filter(({ from, output }) => from === node.name && output === 1);
		if (!failed.some(({ to }) => to === 'Park the event' || downstreamOf(workflow, to).has('Park the event'))) {
			report(node.name, 'has a Failed output that does not lead to "Park the event"', 'wire it as in the template park-failed-events');
		}
	}
}
