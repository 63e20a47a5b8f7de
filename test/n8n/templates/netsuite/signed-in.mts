import { NETSUITE_BOOKING, NETSUITE_CALLS, netsuiteSettings } from '../../../../demo/lib/netsuite-plant.mts';
import { settingsFor } from '../../../../demo/lib/plant-template.mts';
import type { NetsuiteDouble } from '../../../../packages/sandbox/src/netsuite/server.mts';

/** The workflows through which the templates reach NetSuite; nothing of their runs is kept. */
export const CALLS = 'netsuiteCalls000';
export const BOOKING = 'netsuiteBook0000';
export const PLANT_IDS = { callsWorkflowId: CALLS, bookingWorkflowId: BOOKING };

const idOf = (template: string) => (template === NETSUITE_CALLS ? CALLS : BOOKING);

/** Both, filled in for an account. */
export const signedIn = (netsuite: NetsuiteDouble) =>
	[NETSUITE_CALLS, NETSUITE_BOOKING].map((name) => ({
		name,
		id: idOf(name),
		published: true,
		settings: settingsFor(process.cwd(), name, netsuiteSettings(netsuite, idOf)),
	}));
