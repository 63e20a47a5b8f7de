/** What the bundled libraries get in place of globals that n8n forbids. Injected by bundle-vendor.js. */
import { sleep } from 'n8n-workflow';

export const __noGlobals = {};
export const __noLog = () => {};

/** A one-shot timer on n8n's own abortable sleep; the handle is the controller that cancels it. */
export function setTimeout(callback, ms, ...args) {
	const controller = new AbortController();
	sleep(ms ?? 0, controller.signal).then(
		() => {
			if (!controller.signal.aborted) callback(...args);
		},
		() => {},
	);
	return controller;
}

export function clearTimeout(handle) {
	handle?.abort?.();
}
