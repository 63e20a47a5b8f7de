import { until } from '../../../../demo/lib/poll.mts';
import type { WorkflowNode } from '../../../../demo/lib/workflows.mts';
import type { InstalledN8n } from '../../kit/installed.mts';

export interface OrderPage {
	html: string;
	/** What a person reads. */
	text: string;
	/** Cells of the table of units. */
	rows: string[][];
	links: string[];
}

/** The form of "Where is my order?" as a browser fills it in: it submits, waits for the run, and opens the last page. */
export class OrderForm {
	private constructor(
		private readonly address: string,
		private readonly headers: Record<string, string>,
	) {}

	static async of(installed: InstalledN8n, workflowId: string, { user, password }: { user: string; password: string }): Promise<OrderForm> {
		const session = await installed.session();
		const { nodes } = await session.rest<{ nodes: Array<WorkflowNode & { webhookId?: string }> }>('GET', `/workflows/${workflowId}`);
		const path = nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger')?.webhookId;
		const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
		return new OrderForm(`${installed.n8n.url}/form/${path}`, { authorization });
	}

	async ask(orderId: string): Promise<OrderPage> {
		const body = new FormData();
		body.set('field-0', orderId);
		const submitted = await fetch(this.address, { method: 'POST', headers: this.headers, body });
		if (!submitted.ok) throw new Error(`the form answered ${submitted.status}: ${await submitted.text()}`);
		const { formWaitingUrl } = (await submitted.json()) as { formWaitingUrl: string };
		const statusUrl = new URL(formWaitingUrl);
		statusUrl.pathname += '/n8n-execution-status';
		const status = async () => (await (await fetch(statusUrl, { headers: this.headers })).text()).trim();
		const ended = await until('the end of the run', async () => [await status()].find((each) => !['null', 'new', 'running'].includes(each)), { timeoutMs: 60_000, everyMs: 200 });
		if (ended !== 'form-waiting') throw new Error(`the run ended as '${ended}'`);
		return pageOf(await (await fetch(formWaitingUrl, { headers: this.headers })).text());
	}

	async statusWithoutLogin(): Promise<number> {
		return (await fetch(this.address)).status;
	}
}

function pageOf(html: string): OrderPage {
	const main = /<main>(.*)<\/main>/s.exec(html)?.[1] ?? '';
	const rows = [...main.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) => [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => readable(cell)));
	return { html, text: readable(main), rows: rows.filter((cells) => cells.length > 0), links: [...main.matchAll(/href="([^"]+)"/g)].map(([, href]) => href.replaceAll('&amp;', '&')) };
}

function readable(html: string): string {
	return html.replace(/<br>|<\/(p|h\d|li|tr|td|th)>/g, ' ').replace(/<[^>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();
}
