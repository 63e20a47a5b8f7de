import * as workflow from 'n8n-workflow';
import type { IExecuteFunctions, ITriggerFunctions } from 'n8n-workflow';

import { asFailure } from '../../../shared/api/failure';
import { insistOnStoredPosition } from '../../../shared/delivery/host';
import { addressWarning } from '../webhook/webhookUrl';
import { failed, ok, warning, type Finding } from './finding';

/** What this n8n can do for the triggers, as far as it shows in an execution. */
export function ownHost(context: IExecuteFunctions, endpoint: string): Finding[] {
	return [oneRun(), storedPosition(context), webhookAddress(context, endpoint)];
}

/** Triggers see whether `emit` takes a key. An execution sees only a function of n8n-workflow 2.20.0 that 2.17.2 lacks. */
function oneRun(): Finding {
	const check = 'n8n: One Run per Event';
	if ('getCredentialAllowedDomains' in workflow) return ok(check, 'This n8n starts at most one run for each event and attempt, also after a crash.');
	return warning(check, 'This n8n seems to be older than 2.20: after a crash, an event may start a second run.', 'Update n8n to 2.20 or newer.');
}

function storedPosition(context: IExecuteFunctions): Finding {
	const check = 'n8n: Stored Position';
	try {
		insistOnStoredPosition(context as unknown as ITriggerFunctions);
		return ok(check, 'n8n stores the position of triggers in this workflow, so they go on where they stopped.');
	} catch (error) {
		return failed(check, asFailure(error));
	}
}

function webhookAddress(context: IExecuteFunctions, endpoint: string): Finding {
	const check = 'n8n: Webhook Address';
	const address = ownAddress(context);
	if (!address) return warning(check, 'This n8n does not show its webhook address.', 'Look at the Production URL of a Webhook node: Pico must reach it. The Pico MES Trigger needs no such address.');
	const details = { address };
	if (!addressWarning(address)) return ok(check, 'Webhooks of this n8n have an address of their own. Whether Pico reaches it shows when the first event arrives.', details);
	if (addressWarning(endpoint)) return ok(check, 'n8n and Pico run on the same machine, so Pico reaches n8n.', details);
	const whatToDo = 'Only the Pico MES Webhook Trigger needs it: set the environment variable WEBHOOK_URL of n8n to an address that Pico reaches, and restart n8n. The Pico MES Trigger works without.';
	return warning(check, 'Pico cannot call this n8n: its webhook address is on this machine only.', whatToDo, details);
}

/** Origin of the addresses that n8n hands out; that of a waiting execution is made from WEBHOOK_URL as well. */
function ownAddress(context: IExecuteFunctions): string | undefined {
	try {
		const { $execution } = context.getWorkflowDataProxy(0) as { $execution?: { resumeUrl?: string } };
		return new URL(String($execution?.resumeUrl)).origin;
	} catch {
		return undefined;
	}
}
