import type { Delivery } from './webhooks.mts';

export interface Attempt {
	statusCode: number | null;
	/** null = the receiver answered 2xx. */
	error: string | null;
}

interface Limits {
	hosts: readonly string[];
	timeoutMs: number;
	signal: AbortSignal;
}

/** This machine, by name or number. */
export function isLocal(url: string): boolean {
	return URL.canParse(url) && /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** One attempt. Redirects are not followed. The sandbox reaches this machine and the hosts that were named, no other. */
export async function attemptDelivery(
	{ url, body }: Delivery,
	headers: Record<string, string>,
	{ hosts, timeoutMs, signal }: Limits,
): Promise<Attempt> {
	if (!isLocal(url) && !(URL.canParse(url) && hosts.includes(new URL(url).hostname))) {
		return { statusCode: null, error: 'The sandbox sends webhooks to this machine only' };
	}
	try {
		const timed = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
		const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: timed });
		await response.body?.cancel();
		const { ok, status } = response;
		return { statusCode: status, error: ok ? null : `HTTP ${status}` };
	} catch (error) {
		return { statusCode: null, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
	}
}

/** Network errors, 408, 429 and 5xx are tried again. */
export function retryable({ statusCode, error }: Attempt): boolean {
	if (error === null || error.startsWith('The sandbox')) return false;
	return statusCode === null || statusCode === 408 || statusCode === 429 || statusCode >= 500;
}
