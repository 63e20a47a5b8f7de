import { startEryxonDouble, type EryxonDoubleOptions } from '../../../sandbox/src/eryxon/server.mts';
import type { Access } from './access.mts';

export const DIALECTS = ['g1', 'g2', 'g3'] as const;
export type DialectName = (typeof DIALECTS)[number];

export interface Call {
	id: number;
	method: string;
	path: string;
	query: string;
	status: number;
	userAgent: string;
}

/** A running double of Eryxon and its control API. */
export interface Double {
	url: string;
	access: Access;
	control: <T = unknown>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<T>;
	reset: (dialect: DialectName, switches?: Record<string, unknown>) => Promise<void>;
	records: (table: string) => Promise<Array<Record<string, unknown>>>;
	calls: () => Promise<Call[]>;
	close: () => Promise<void>;
}

export async function startDouble(options: Partial<EryxonDoubleOptions> = {}): Promise<Double> {
	const { url, apiKey, close } = await startEryxonDouble({ port: 0, ...options });
	return around(url, apiKey, close);
}

export function around(url: string, apiKey: string, close: () => Promise<void>): Double {
	const control = async <T,>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
		const response = await fetch(`${url}/control/${path}`, {
			method,
			headers: { 'content-type': 'application/json' },
			...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
		});
		const answer = (await response.json()) as T & { message?: string };
		if (!response.ok) throw new Error(`control ${path}: ${answer.message ?? response.status}`);
		return answer;
	};
	return {
		url,
		access: { baseUrl: url, apiKey, externalSource: 'ERP' },
		control,
		reset: async (dialect, switches) => {
			await control('POST', 'reset', { dialect });
			if (switches) await control('POST', 'switches', switches);
		},
		records: async (table) => (await control<{ records: Array<Record<string, unknown>> }>('GET', `records?table=${table}`)).records,
		calls: async () => await control<Call[]>('GET', 'calls?since=0'),
		close,
	};
}
