import type { IHookFunctions, ITriggerFunctions } from 'n8n-workflow';

import { PicoFailure } from '../api/failure';

/** n8n keeps static data for shorter workflow ids only (`isWorkflowIdValid`, seen in 2.41.1). Its editor makes ids of 16. */
const LONGEST_WORKFLOW_ID = 21;

/**
 * Refuses a workflow whose position n8n would drop without a word, so that each restart would begin anew. Such ids come
 * from imports by command line or API.
 *
 * @throws PicoFailure
 */
export function insistOnStoredPosition(context: IHookFunctions | ITriggerFunctions): void {
	const id = context.getWorkflow().id ?? '';
	if (id.length <= LONGEST_WORKFLOW_ID) return;
	throw new PicoFailure('input', `n8n stores no position for this workflow: its ID '${id}' is longer than ${LONGEST_WORKFLOW_ID} characters`, {
		hint: 'A restart would lose events. Duplicate the workflow in the editor and publish the copy: it gets a shorter ID.',
	});
}
