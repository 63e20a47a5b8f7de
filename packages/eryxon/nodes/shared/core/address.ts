const FUNCTIONS = '/functions/v1';

/**
 * Address of the API from what people enter: the origin, or the full path, with or without a slash at the end.
 *
 * @returns undefined when it is no web address
 */
export function apiAddress(entered: string): string | undefined {
	const address = entered.trim().replace(/\/+$/, '');
	if (!/^https?:\/\/[^/\s]+/i.test(address)) return undefined;
	return address.endsWith(FUNCTIONS) ? address : `${address}${FUNCTIONS}`;
}

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i;

export function isLoopback(address: string): boolean {
	try {
		return LOOPBACK.test(new URL(address).hostname);
	} catch {
		return false;
	}
}
