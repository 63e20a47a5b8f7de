import type * as Client from '../../../../nodes/shared/api/client.ts';
import type * as Attach from '../../../../nodes/shared/delivery/attach.ts';
import type * as Events from '../../../../nodes/shared/events/event.ts';
import type * as Kinds from '../../../../nodes/shared/events/kinds/index.ts';
import { N8nCore, type Access, type Given } from '../../bench/lib/n8n.mts';
import { timed } from '../../bench/lib/timed.mts';

export interface AttachInput extends Given, Access {
	/** Operation whose structure is attached. */
	operationId: string;
	rounds: number;
	executions: number;
}

export interface AttachResult {
	/** One event, milliseconds, for each round. */
	ms: number[];
	/** Of the structure as JSON, characters. */
	chars: number;
}

/** What the trigger does for 'Attach Structure' with each event: ask, and unfold the structure. */
export async function measure(input: AttachInput): Promise<AttachResult> {
	const n8n = new N8nCore(input);
	const { PicoClient } = n8n.ours<typeof Client>('./dist/nodes/shared/api/client.js');
	const { structuresFor } = n8n.ours<typeof Attach>('./dist/nodes/shared/delivery/attach.js');
	const { toEvent } = n8n.ours<typeof Events>('./dist/nodes/shared/events/event.js');
	const { operationChanged } = n8n.ours<typeof Kinds>('./dist/nodes/shared/events/kinds/index.js');
	const { context } = n8n.triggerContext({}, input, () => undefined);
	const client = await PicoClient.of(context as never);
	const event = toEvent(operationChanged, { ...operationChanged.sample, id: input.operationId });
	const attach = async () => await structuresFor(client, operationChanged, [event], new AbortController().signal);
	await attach();
	const [row] = await attach();
	if (!row.structure) throw new Error(`no structure: ${String(row.structureMissing)}`);
	const result: AttachResult = { ms: [], chars: JSON.stringify(row).length };
	for (let round = 0; round < input.rounds; round++) {
		const { ms } = await timed(async () => {
			for (let count = 0; count < input.executions; count++) await attach();
		});
		result.ms.push(ms / input.executions);
	}
	return result;
}
