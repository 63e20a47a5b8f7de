import {
	TriggerCloseError,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';

import { asFailure } from '../shared/api/failure';
import { toNodeError } from '../shared/api/nodeError';
import { within } from '../shared/api/pause';
import { loadOptions } from '../shared/delivery/description/loadOptions';
import { subtitle } from '../shared/delivery/description/parameters';
import { properties } from './properties';

/** n8n waits for a trigger to close; a hanging one would block deactivation and shutdown. */
const CLOSE_WITHIN_MS = 5_000;

export class PicoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Pico MES Trigger',
		name: 'picoTrigger',
		icon: { light: 'file:../../icons/pico.svg', dark: 'file:../../icons/pico.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle,
		description: 'Starts the workflow when something happens in Pico MES, without losing or repeating an event',
		eventTriggerDescription: 'Waiting for an event from Pico',
		activationMessage: 'Events from Pico now start this workflow. Its position survives restarts.',
		defaults: { name: 'Pico MES Trigger' },
		inputs: [],
		outputs:
			'={{ $parameter["deliverNext"] === "afterSuccess" && ($parameter["options"] || {}).afterLastAttempt === "failedOutput" ? [{ type: "main", displayName: "Event" }, { type: "main", displayName: "Failed" }] : ["main"] }}',
		credentials: [{ name: 'picoApi', required: true }],
		triggerPanel: {
			header: 'Test with an event from your plant',
			executionsHelp: {
				inactive:
					'<b>While you build the workflow</b>, click the button to fetch the newest matching event from Pico, or a sample if there is none. This does not affect the published workflow.<br /><br /><b>When it works</b>, publish the workflow. Each new event then starts it.',
				active:
					'<b>While you build the workflow</b>, click the button to fetch the newest matching event from Pico, or a sample if there is none. This does not affect the published workflow.<br /><br /><b>The workflow is published</b>: each event starts it. See the list of executions.',
			},
			activationHint: 'Publish the workflow to react to every event.',
		},
		properties,
	};

	methods = { loadOptions };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const { readSettings } = await import('./settings');
		const settings = readSettings(this);
		if (this.getMode() === 'manual') {
			const stopped = new AbortController();
			const manualTriggerFunction = async () => {
				try {
					const { sampleItems } = await import('./sample');
					const items = await sampleItems(this, settings, stopped.signal);
					if (!stopped.signal.aborted) this.emit([items]);
				} catch (error) {
					throw toNodeError(this.getNode(), asFailure(error));
				}
			};
			return { manualTriggerFunction, closeFunction: async () => stopped.abort() };
		}
		try {
			const { listen } = await import('./listen');
			const feed = await listen(this, settings);
			const closeFunction = async () => {
				const late = Symbol('late');
				if ((await within(feed.stop(), CLOSE_WITHIN_MS, late)) === late) {
					throw new TriggerCloseError(this.getNode(), { level: 'warning' });
				}
			};
			return { closeFunction };
		} catch (error) {
			throw toNodeError(this.getNode(), asFailure(error));
		}
	}
}
