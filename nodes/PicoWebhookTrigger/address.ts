import { PicoFailure } from '../shared/api/failure';

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i;

/**
 * An address that only this machine reaches is of no use to a Pico on another one. Pico would accept it and then lose
 * every event, so that is an error of the activation.
 *
 * @throws PicoFailure
 */
export function checkAddress(webhookUrl: string, picoEndpoint: string): void {
	const host = hostOf(webhookUrl);
	if (!LOOPBACK.test(host) || LOOPBACK.test(hostOf(picoEndpoint))) return;
	throw new PicoFailure('input', `Pico cannot reach this n8n: the webhook URL is on ${host}`, {
		hint: `Set the environment variable WEBHOOK_URL of n8n to an address under which the Pico server reaches it, and restart n8n (the URL is now ${webhookUrl}). Or use the 'Pico MES Trigger', which needs no way from Pico to n8n.`,
	});
}

function hostOf(address: string): string {
	try {
		return new URL(address).hostname;
	} catch {
		return address;
	}
}
