import { control } from '../../demo/lib/doubles.mts';
import { until } from '../../demo/lib/poll.mts';
import type { Editor } from './editor.mts';
import type { Stage } from './stage.mts';

const ORDERS = [
	{ externalOrderId: 'MO-7001', partNumber: 'PUMP-100', orderIndex: 0 },
	{ externalOrderId: 'MO-7001', partNumber: 'PUMP-100', orderIndex: 1 },
	{ externalOrderId: 'MO-7002', partNumber: 'PUMP-101', orderIndex: 0 },
	{ externalOrderId: 'MO-7003', partNumber: 'PROC-080', orderIndex: 0 },
];

/** The page of packages/sandbox/README.md: orders in each state, and the triggers of n8n that are connected. */
export async function shopFloor(editor: Editor, { doubles: { pico } }: Pick<Stage, 'doubles'>): Promise<void> {
	const { page } = editor;
	await control(pico.url, 'POST', 'reset', {});
	for (const order of ORDERS) await control(pico.url, 'POST', 'orders/save', order);
	const [built, underWay, , valve] = ORDERS;
	await control(pico.url, 'POST', 'orders/start', underWay);
	await control(pico.url, 'POST', 'orders/complete', built);
	await control(pico.url, 'POST', 'orders/complete', valve);
	await control(pico.url, 'POST', 'notes/add', { text: 'Seal had a scratch, replaced' });
	await until(
		'a trigger to connect again',
		async () => (await control<{ streams: unknown[] }>(pico.url, 'GET', 'state')).streams.length > 0,
	);
	await page.goto(`${pico.url}/`);
	await page.getByText('MO-7003').first().waitFor();
	await editor.shoot('sandbox-shop-floor');
}
