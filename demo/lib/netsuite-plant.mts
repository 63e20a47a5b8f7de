import type { NetsuiteAccess } from './netsuite-credentials.mts';

/** The templates whose runs hold an access token; the others call them. They have to be published. */
export const NETSUITE_CALLS = 'netsuite-calls';
export const NETSUITE_BOOKING = 'netsuite-book-a-unit';

/**
 * What a person types into "Plant settings" of the NetSuite templates.
 *
 * @param workflowId the id of a template's workflow in this n8n
 */
export function netsuiteSettings({ plainUrl, credentials }: NetsuiteAccess, workflowId: (template: string) => string): Record<string, string> {
	const { clientId, certificateId } = credentials;
	return {
		netsuiteUrl: plainUrl,
		clientId,
		certificateId,
		callsWorkflowId: workflowId(NETSUITE_CALLS),
		bookingWorkflowId: workflowId(NETSUITE_BOOKING),
	};
}
