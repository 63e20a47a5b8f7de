import type { Workflow } from '../../../../demo/lib/workflows.mts';
import { flow } from '../../kit/flows.mts';

export const OURS = 'soakPicoTrigger0';
export const PEER = 'soakSseTrigger00';

/** The Pico MES Trigger, then a call of the collector. */
export const ourWorkflow = (collector: string) => flow({ id: OURS }, collector);

/** n8n's own SSE Trigger, then the very same call. */
export function peerWorkflow(collector: string, feed: string): Workflow & { id: string } {
	const workflow = flow({ id: PEER }, collector);
	const [{ credentials: _none, ...trigger }, ...rest] = workflow.nodes;
	return { ...workflow, nodes: [{ ...trigger, type: 'n8n-nodes-base.sseTrigger', parameters: { url: feed } }, ...rest] };
}

/** An event of about the content that our trigger hands out in its simplified form. */
export function peerEvent(orderId: string, at: number): object {
	const time = new Date(at).toISOString();
	return {
		eventId: Buffer.from(`${orderId} ${time}`).toString('base64url').slice(-24),
		orderId,
		orderIndex: 0,
		partNumber: 'PUMP-100',
		revision: 'A',
		producedSerial: `SN-PUMP-100-${orderId}`,
		consumedSerials: [
			{ id: 'attr-1', partNumber: 'MOTOR-1', value: `MOTOR-1-${orderId}` },
			{ id: 'attr-2', partNumber: 'HOUSING-1', value: `HOUSING-1-${orderId}` },
		],
		completedAt: time,
		cycleTimeSeconds: 1200,
		delivery: { event: 'orderCompleted', attempt: 1, replayed: false, correction: false, lagMs: 0 },
	};
}
