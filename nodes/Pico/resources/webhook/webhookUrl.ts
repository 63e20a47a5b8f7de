import { asEntered, refuse } from '../../helpers/parameters';

/** @throws PicoFailure unless it is a full http(s) address */
export function readWebhookUrl(value: unknown): string {
	const text = asEntered(value).trim();
	if (/^https?:\/\/[^/\s]+\S*$/i.test(text)) return text;
	throw refuse(
		'Webhook URL',
		text === '' ? 'is empty' : `is '${text.slice(0, 80)}'`,
		'Enter the full address that Pico should call, such as the Production URL of a Webhook node.',
	);
}

/** Why events may never arrive at an address, although Pico accepts it. */
export function addressWarning(url: string): string | undefined {
	const { pathname, hostname } = new URL(url);
	if (/\/webhook-test(\/|$)/.test(pathname)) {
		return 'This is a test URL of n8n, which works only while the editor is listening. Use the Production URL and publish the workflow.';
	}
	if (/^(localhost|.*\.localhost|127\..*|\[::1\]|0\.0\.0\.0)$/i.test(hostname)) {
		return `For Pico, ${hostname} is the Pico server itself. Use an address at which Pico can reach n8n.`;
	}
	return undefined;
}
