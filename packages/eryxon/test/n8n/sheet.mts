import { until } from '../../../../demo/lib/poll.mts';

const HEAD = ['external_id', 'Part Number', 'job_number', 'material', 'quantity'];

/** What is wrong with a row, and what its reason has to name. */
export const FAULTS: ReadonlyArray<{ change: Partial<Record<string, string>>; reason: RegExp }> = [
	{ change: { external_id: '' }, reason: /external_id/ },
	{ change: { job_number: 'NO-SUCH-JOB' }, reason: /NO-SUCH-JOB/ },
	{ change: { quantity: 'many' }, reason: /quantity/i },
	{ change: { 'Part Number': '' }, reason: /part_number/ },
	{ change: { material: '' }, reason: /material/ },
	{ change: { quantity: '-4' }, reason: /quantity/i },
];

/** A sheet of parts as CSV, of which every `every`-th row is bad in one of the ways above. */
export function sheetOfParts(rows: number, every: number): string {
	const lines = Array.from({ length: rows }, (_, index) => {
		const good: Record<string, string> = {
			external_id: `SHEET-${index + 1}`,
			'Part Number': `PLATE-${index + 1}`,
			job_number: 'JOB-0001',
			material: index % 2 === 0 ? '"Steel, S235"' : '1.4301',
			quantity: String(1 + (index % 9)),
		};
		const bad = (index + 1) % every === 0 ? FAULTS[((index + 1) / every - 1) % FAULTS.length].change : {};
		return HEAD.map((name) => ({ ...good, ...bad })[name]).join(',');
	});
	return [HEAD.join(','), ...lines].join('\r\n');
}

/** Fills in and sends the form of a workflow as a browser does, and follows it to its last page; resolves that. */
export async function sendForm(url: string, kind: string, csv: string | Buffer): Promise<string> {
	const body = new FormData();
	body.set('field-0', kind);
	body.set('field-1', new Blob([typeof csv === 'string' ? csv : new Uint8Array(csv)], { type: 'text/csv' }), 'parts.csv');
	const { formWaitingUrl } = JSON.parse(await textOf(url, { method: 'POST', body })) as { formWaitingUrl: string };
	const status = new URL(formWaitingUrl);
	status.pathname += '/n8n-execution-status';
	await until('the last page', async () => (await textOf(status.href)) === 'form-waiting', { timeoutMs: 20_000 });
	const page = await textOf(formWaitingUrl);
	// The script on the page tells n8n that it was shown.
	await textOf(formWaitingUrl, { method: 'POST', body: new FormData() });
	return page;
}

async function textOf(url: string, init: RequestInit = {}): Promise<string> {
	const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
	const text = await response.text();
	if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
	return text;
}
