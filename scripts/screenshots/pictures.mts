import { control, type Doubles } from '../../demo/lib/doubles.mts';
import { hasRunEnded, type N8nSession } from '../../demo/lib/n8n-session.mts';
import { until } from '../../demo/lib/poll.mts';
import type { Editor } from './editor.mts';
import { CHECK_WORKFLOW, SAVE_WORKFLOW, TRIGGER_WORKFLOW, WEBHOOK_WORKFLOW } from './workflows.mts';

export interface Stage {
	editor: Editor;
	session: N8nSession;
	doubles: Doubles;
}

/** Of the units of one order, in the order in which they are completed. */
const SERIALS = ['SN-26-0041', 'SN-26-0042', null, 'SN-26-0044', 'SN-26-0045', 'SN-26-0046'];

/** The pictures of README.md, in an order in which each one leaves the plant as the next one wants it. */
export async function pictures(stage: Stage): Promise<void> {
	await credential(stage);
	await nodeCreator(stage);
	await checkConnection(stage);
	await saveOrder(stage);
	await executions(stage);
	await trigger(stage);
	await webhookTrigger(stage);
}

async function credential({ editor }: Stage): Promise<void> {
	const { page } = editor;
	await editor.goto('/home/credentials');
	await page.getByTestId('resources-list-item').filter({ hasText: 'Pico sandbox' }).first().click();
	await page.getByText('Connection tested successfully').waitFor();
	await editor.shoot('credential');
}

async function nodeCreator({ editor }: Stage): Promise<void> {
	const { page } = editor;
	await editor.goto('/workflow/new');
	await page.getByTestId('canvas-add-button').click();
	await page.getByTestId('node-creator-search-bar').fill('pico');
	await page.getByTestId('item-iterator-item').filter({ hasText: 'Pico MES' }).first().click();
	await page
		.getByText(/^Actions \(/)
		.first()
		.click();
	await page.getByText('Save operation order').first().waitFor();
	await editor.shoot('node-creator');
}

/** Completes a few units, one of them without the serial that the workflow insists on, and shows the runs that follow. */
async function executions({ editor, session, doubles: { pico } }: Stage): Promise<void> {
	for (const [orderIndex, producedSerial] of SERIALS.entries()) {
		const unit = { externalOrderId: 'MO-00042', partNumber: 'PUMP-100', orderIndex };
		await control(pico.url, 'POST', 'orders/start', unit);
		await control(pico.url, 'POST', 'orders/complete', { ...unit, producedSerial });
	}
	// The one without a serial: two failed runs, and one through the output "Failed".
	const wanted = SERIALS.length + 2;
	await until(
		'the runs to end',
		async () => {
			const runs = await session.runs(TRIGGER_WORKFLOW);
			return runs.length >= wanted && runs.every(hasRunEnded);
		},
		{ timeoutMs: 60_000, everyMs: 300 },
	);
	const runs = await session.executions(TRIGGER_WORKFLOW);
	const failedOutput = [...runs].reverse().find(({ data }) => data?.resultData.runData['Tell a person']);
	const { page } = editor;
	await editor.goto(`/workflow/${TRIGGER_WORKFLOW}/executions/${failedOutput?.id ?? ''}`);
	await page.getByTestId('execution-preview-label').waitFor();
	await page.getByTestId('suggested-actions-close').first().click();
	await page.getByTestId('suggested-actions-close').first().waitFor({ state: 'hidden' });
	await page.getByTestId('canvas-node').first().waitFor();
	await page.getByTestId('zoom-to-fit').first().click();
	await editor.shoot('executions');
}

/** The checks of the connection, as a table. */
export async function checkConnection({ editor }: Pick<Stage, 'editor'>, name = 'check'): Promise<void> {
	const { page } = editor;
	await editor.openWorkflow(CHECK_WORKFLOW);
	await editor.openNode('Check connection');
	await page.getByTestId('node-execute-button').first().click();
	const output = page.getByTestId('output-panel');
	await output.getByTestId('run-data-item-count').waitFor();
	await output.getByTestId('radio-button-table').click();
	await output.getByText('Address', { exact: true }).first().waitFor();
	await editor.closeMessages();
	await editor.shoot(name);
}

async function saveOrder({ editor }: Stage): Promise<void> {
	const { page } = editor;
	await editor.openWorkflow(SAVE_WORKFLOW);
	await editor.openNode('Save operation order');
	await page.getByTestId('node-execute-button').first().click();
	await page
		.getByTestId('run-data-item-count')
		.filter({ hasText: `${SERIALS.length} items` })
		.waitFor();
	await editor.closeMessages();
	await editor.shoot('save-order');
}

async function trigger({ editor }: Stage): Promise<void> {
	const { page } = editor;
	await editor.openWorkflow(TRIGGER_WORKFLOW);
	await editor.openNode('Pico MES Trigger');
	await page.getByTestId('node-execute-button').first().click();
	const output = page.getByTestId('output-panel');
	await output.getByTestId('run-data-item-count').waitFor();
	await output.getByTestId('radio-button-json').click();
	await output.getByText('consumedSerials').first().waitFor();
	await editor.closeMessages();
	await editor.shoot('trigger');
}

/** The panel of the webhook trigger with a call that came from Pico. */
async function webhookTrigger({ editor, doubles: { pico } }: Stage): Promise<void> {
	const { page } = editor;
	await editor.openWorkflow(WEBHOOK_WORKFLOW);
	await editor.openNode('Pico MES Webhook Trigger');
	await page.getByTestId('node-execute-button').first().click();
	await until('Pico to know the address', async () => {
		const { webhooks } = await control<{ webhooks: unknown[] }>(pico.url, 'GET', 'state');
		return webhooks.length > 0;
	});
	const unit = { externalOrderId: 'MO-00042', partNumber: 'PUMP-100', orderIndex: 0 };
	await control(pico.url, 'POST', 'orders/complete', { ...unit, producedSerial: 'SN-26-0051' });
	const output = page.getByTestId('output-panel');
	await output.getByTestId('run-data-item-count').waitFor({ timeout: 60_000 });
	await output.getByTestId('radio-button-json').click();
	await editor.closeMessages();
	await editor.shoot('webhook-trigger');
}
