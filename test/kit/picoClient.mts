import * as core from 'n8n-core';

import { PicoClient } from '../../nodes/shared/api/client.ts';
import { PicoTrigger } from '../../nodes/PicoTrigger/PicoTrigger.node.ts';
import { workflowOf } from './engine.mts';
import { additionalData, type Access } from './picoAccess.mts';

/** A client in the context of a trigger, on n8n-core's own HTTP helper. What changes in `access` is an edited credential. */
export async function clientFor(access: Access): Promise<{ client: PicoClient; logs: string[] }> {
	const node = {
		id: '1',
		name: 'T',
		type: 't',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: {},
		credentials: { picoApi: { id: '1', name: 'P' } },
	};
	const logs: string[] = [];
	const note = (level: string) => (text: string) => void logs.push(`${level} ${text}`);
	const context = new core.TriggerContext(workflowOf(new PicoTrigger(), node, {}), node, additionalData(access), 'trigger', 'activate');
	Object.defineProperty(context, 'logger', { value: { info: note('info'), warn: note('warn'), error: note('error'), debug: note('debug') } });
	return { client: await PicoClient.of(context as never), logs };
}
