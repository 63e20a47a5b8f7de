import type { ITriggerFunctions } from 'n8n-workflow';

import { capabilitiesOf, insistOnStoredPosition, nodeIdsOf, Report } from '../../../../nodes/shared/delivery/host.ts';
import { FakeN8n } from '../../../kit/fakeN8n.mts';

function reporting(saveFailedExecution = true) {
	const n8n = new FakeN8n();
	return { n8n, report: new Report(n8n.context, { deduplicationKey: true, saveFailedExecution }) };
}

test('each log line says which trigger of which workflow speaks', () => {
	const { n8n, report } = reporting();
	report.info('connected');
	report.warn('lost');
	expect(n8n.logs).toEqual([
		"info [Pico MES, node 'Trigger', workflow workflow1] connected",
		"warn [Pico MES, node 'Trigger', workflow workflow1] lost",
	]);
});

test('what needs a person becomes a failed execution that holds the event, and a warning', () => {
	const { n8n, report } = reporting();
	report.failedExecution('Moved on', 'Run it again by hand.', [{ a: 1 }]);
	expect(n8n.told).toEqual(['warn Moved on. Run it again by hand.']);
	expect(n8n.failures).toEqual([{ message: 'Moved on', description: 'Run it again by hand.\n\n[\n  {\n    "a": 1\n  }\n]' }]);
});

test('a failed execution without an event holds only what to do', () => {
	const { n8n, report } = reporting();
	report.failedExecution('Token refused', 'Check the credential.');
	expect(n8n.failures).toEqual([{ message: 'Token refused', description: 'Check the credential.' }]);
	report.failedExecution('Strange', 'What came:', null);
	expect(n8n.failures[1].description).toBe('What came:\n\nnull');
});

test('an older n8n is only told in the log', () => {
	const { n8n, report } = reporting(false);
	report.failedExecution('Moved on', 'Run it again by hand.', [{ a: 1 }]);
	expect(n8n.told).toEqual(['warn Moved on. Run it again by hand.']);
	expect(n8n.failures).toEqual([]);
});

const capabilities = (parts: object) => capabilitiesOf(parts as unknown as ITriggerFunctions);

test('finds what this n8n can do by looking at it', () => {
	const saveFailedExecution = () => undefined;
	expect(capabilities({ emit: (_a: 1, _b: 1, _c: 1, _key: 1) => undefined, saveFailedExecution })).toEqual({ deduplicationKey: true, saveFailedExecution: true });
	expect(capabilities({ emit: (_a: 1, _b: 1, _c: 1, _d: 1, _e: 1) => undefined, saveFailedExecution })).toEqual({ deduplicationKey: true, saveFailedExecution: true });
	expect(capabilities({ emit: (_a: 1, _b: 1, _c: 1) => undefined })).toEqual({ deduplicationKey: false, saveFailedExecution: false });
});

function insist(id: string | undefined) {
	const n8n = new FakeN8n();
	n8n.workflowId = id;
	insistOnStoredPosition(n8n.context);
}

test('takes every workflow whose position n8n stores', () => {
	for (const id of [undefined, '', 'w', 'w'.repeat(16), 'w'.repeat(21)]) expect(() => insist(id)).not.toThrow();
});

test('refuses a workflow whose position n8n would drop, and says what to do', () => {
	const id = 'w'.repeat(22);
	expect(() => insist(id)).toThrow(
		expect.objectContaining({
			kind: 'input',
			message: `n8n stores no position for this workflow: its ID '${id}' is longer than 21 characters`,
			details: { hint: 'A restart would lose events. Duplicate the workflow in the editor and publish the copy: it gets a shorter ID.' },
		}) as Error,
	);
});

describe('the nodes of a workflow', () => {
	const idsOf = (workflow: unknown) => nodeIdsOf({ workflow } as unknown as ITriggerFunctions);

	test('are known by their ids', () => {
		expect(idsOf({ nodes: { One: { id: 'a' }, constructor: { id: 'b' } } })).toEqual(new Set(['a', 'b']));
	});

	test.each([undefined, {}, { nodes: null }, { nodes: 'x' }, { nodes: { One: {} } }, { nodes: { One: null } }, { nodes: { One: { id: 'a' }, Two: { id: 7 } } }])(
		'are unknown where this n8n does not show them: %j',
		(workflow) => {
			expect(idsOf(workflow)).toBeUndefined();
		},
	);
});
