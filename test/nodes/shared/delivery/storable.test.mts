import { insistOnStoredPosition } from '../../../../nodes/shared/delivery/storable.ts';
import { FakeN8n } from '../../../kit/fakeN8n.mts';

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
