import { asEntered, refuse } from '../../helpers/parameters';

/** @throws PicoFailure unless it is a full http(s) address */
export function readWebhookUrl(value: unknown): string {
	const text = asEntered(value).trim();
	if (/^https?:\/\/[^/\s]+\S*$/i.test(text)) return text;
	throw refuse(
		'Webhook URL',
		text === '' ? 'is empty' : `is '${text.slice(0, 80)}'`,
		'Enter the full address that Pico is to call, such as the Production URL of a Webhook node.',
	);
}

/** Why events may never arrive at an address, although Pico accepts it. */
export function addressWarning(url: string): string | undefined {
	const { pathname, hostname } = new URL(url);
	if (/\/webhook-test(\/|$)/.test(pathname)) {
		return 'This is a test address of n8n. It answers only while the editor listens; use the Production URL and publish the workflow.';
	}
	if (/^(localhost|.*\.localhost|127\..*|\[::1\]|0\.0\.0\.0)$/i.test(hostname)) {
		return `${hostname} means the Pico server itself when Pico calls it. Use an address under which Pico reaches n8n.`;
	}
	return undefined;
}
