import type { Credential } from '../../../../demo/lib/workflows.mts';
import { flow, picoCredential } from '../../kit/flows.mts';
import { chain, lastStep, manualTrigger } from '../../../n8n/kit/workflows.mts';
import type { Access } from '../../../../packages/eryxon/test/kit/access.mts';

export const TRIGGER_FLOW = 'compatTrigger001';
export const WEB_SOCKET_FLOW = 'compatWebSocket1';
export const ACTION_FLOW = 'compatAction0001';
export const WEBHOOK_FLOW = 'compatWebhook001';
export const PROBE_FLOW = 'compatProbe00001';
export const ERYXON_FLOW = 'compatEryxon0001';

/** Time of the first completion; the trigger starts a day earlier. */
export const FIRST = Date.UTC(2026, 0, 2);
const START_DATE = new Date(FIRST - 24 * 3600_000).toISOString();

export const PART = 'PUMP-100';
export const UNITS = 3;
export const ORDER = 'COMPAT-1';

const ERYXON = { id: 'compatEryxon0001', name: 'Eryxon' };

export function credentials(endpoint: string, token: string, eryxon: Access): Credential[] {
	const { baseUrl, apiKey } = eryxon;
	return [picoCredential(endpoint, token), { ...ERYXON, type: 'eryxonApi', data: { baseUrl, apiKey, externalSource: '' } }];
}

/** What a person would build first with each node. */
export function workflows(pico: Credential, collector: string) {
	const access = { picoApi: { id: pico.id, name: pico.name } };
	const picoNode = (name: string, parameters: Record<string, unknown>) => ({ name, type: 'n8n-nodes-pico-mes.pico', typeVersion: 1, parameters, credentials: access });
	const operationId = { __rl: true, mode: 'partNumber', value: PART };
	return [
		flow({ id: TRIGGER_FLOW, trigger: { startFrom: 'date', startDate: START_DATE } }, collector),
		flow({ id: WEB_SOCKET_FLOW, trigger: { startFrom: 'new', options: { connection: 'webSocket' } } }, collector),
		chain(ACTION_FLOW, ACTION_FLOW, [
			manualTrigger,
			{ ...picoNode('List', { resource: 'operation', operation: 'getAll', returnAll: true, filters: {} }) },
			{ ...picoNode('Save', { resource: 'operationOrder', operation: 'save', operationId, orderId: ORDER, quantity: UNITS, options: {} }), executeOnce: true },
		]),
		chain(WEBHOOK_FLOW, WEBHOOK_FLOW, [
			{
				name: 'Pico calls',
				type: 'n8n-nodes-pico-mes.picoWebhookTrigger',
				typeVersion: 1,
				webhookId: '6f1d2c1e-0000-4000-8000-00000000c0de',
				parameters: { event: 'orderCompleted', output: 'simplified', options: {} },
				credentials: access,
			},
			lastStep,
		]),
		chain(PROBE_FLOW, PROBE_FLOW, [{ name: 'Probe', type: 'n8n-nodes-compat-probe.probe', typeVersion: 1, parameters: {} }, lastStep]),
		chain(ERYXON_FLOW, ERYXON_FLOW, [
			manualTrigger,
			{
				name: 'Jobs',
				type: 'n8n-nodes-eryxon.eryxon',
				typeVersion: 1,
				parameters: { resource: 'job', operation: 'getAll', returnAll: true, filters: {}, sort: {} },
				credentials: { eryxonApi: ERYXON },
			},
		]),
	];
}
