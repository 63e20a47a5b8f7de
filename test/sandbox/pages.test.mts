import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startEryxonDouble, type EryxonDouble } from '../../packages/sandbox/src/eryxon/server.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../packages/sandbox/src/netsuite/server.mts';
import { startOdooDouble, type OdooDouble } from '../../packages/sandbox/src/odoo/server.mts';
import { startSandbox, type RunningSandbox } from '../../packages/sandbox/src/pico/server.mts';
import { billsOfMaterials, floorProducts, parts } from '../../packages/sandbox/src/web/catalogue.mts';
import { buttonNames, cutOff, faintTexts } from './page-audit.mts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Where pictures go for somebody who wants to look; none without. */
const PICTURES = process.env.PICO_PAGE_PICTURES;

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1400, height: 900 };
const ORDER = 'MO-1';

jest.setTimeout(120_000);

/** Without Chromium these are skipped, and shown as such; CHROMIUM=/path names it. */
(existsSync(CHROMIUM) ? describe : describe.skip)('the pages of the sandbox in a browser', () => {
	let browser: Browser;
	let pico: RunningSandbox;
	let odoo: OdooDouble;
	let netsuite: NetsuiteDouble;
	let eryxon: EryxonDouble;
	let urls: Record<string, string>;
	let open: Page | undefined;

	beforeAll(async () => {
		pico = await startSandbox({ products: floorProducts });
		odoo = await startOdooDouble({ port: 0, host: '127.0.0.1' });
		netsuite = await startNetsuiteDouble({ port: 0, host: '127.0.0.1' });
		eryxon = await startEryxonDouble({ port: 0 });
		urls = { floor: pico.url, Odoo: odoo.url, NetSuite: netsuite.plainUrl, Eryxon: eryxon.url };
		await writeFromOutside();
		browser = await chromium.launch({
			executablePath: CHROMIUM,
			args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
		});
	});
	afterAll(async () => {
		await browser?.close();
		await Promise.all([pico, odoo, netsuite, eryxon].map((each) => each?.close()));
	});
	beforeEach(async () => {
		await control('reset', {});
		for (const orderIndex of [0, 1]) await control('orders/save', { externalOrderId: ORDER, partNumber: 'PUMP-100', orderIndex });
	});
	afterEach(async () => {
		await open?.context().close();
		open = undefined;
	});

	const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
		const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
		if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
	};
	const control = async (path: string, body: unknown) => await post(`${pico.url}/control/${path}`, body);

	/** Tinted rows, calls and refused logins on the ERP pages. */
	async function writeFromOutside(): Promise<void> {
		const key = { authorization: 'bearer sandbox-odoo-key' };
		await post(`${odoo.url}/json/2/stock.lot/create`, { vals_list: [{ name: 'SN-1', product_id: 1 }] }, key);
		const note = { ids: [1], subject: 'Pico unit 1 of WH/MO/00001', body: 'Unit 1 completed in Pico' };
		await post(`${odoo.url}/json/2/mrp.production/message_post`, note, key);
		await post(`${odoo.url}/json/2/mrp.production/write`, { ids: [1], vals: { origin: 'written from outside' } }, key);
		const items = `${netsuite.plainUrl}/services/rest/record/v1/inventoryItem`;
		await fetch(items, { method: 'POST', body: '{"itemId":"X-1"}', headers: { authorization: 'Bearer nobody' } });
		const bearer = { authorization: 'Bearer sandbox-access' };
		const number = { inventoryNumber: 'SN-1', item: { externalId: 'MOTOR-20' } };
		await post(`${netsuite.plainUrl}/services/rest/record/v1/inventoryNumber`, number, bearer);
		const job = { external_id: 'J-1', external_source: 'ERP', job_number: 'J-1', customer: 'Example Customer Ltd' };
		await post(`${eryxon.url}/functions/v1/api-jobs/sync`, job, { authorization: `Bearer ${eryxon.apiKey}` });
	}

	async function show(url: string, viewport = DESKTOP, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
		const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
		open = await context.newPage();
		open.setDefaultTimeout(20_000);
		await open.goto(`${url}/`);
		await open.locator(url === pico.url ? '.card >> nth=0' : 'td >> nth=0').waitFor();
		return open;
	}
	const picture = async (page: Page, name: string) => {
		if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: name.includes('390') });
	};

	describe.each(['floor', 'Odoo', 'NetSuite', 'Eryxon'])('%s', (name) => {
		beforeEach(async () => {
			await control('orders/complete', { externalOrderId: ORDER, orderIndex: 1 });
			await control('notes/add', { text: 'Seal had a scratch, replaced' });
		});

		it('cuts nothing off in a window of 390 pixels', async () => {
			const page = await show(urls[name], PHONE);
			await picture(page, `${name}-390`);
			expect(await page.evaluate(cutOff)).toEqual([]);
		});

		it.each(['light', 'dark'] as const)('shows every text with a contrast of 4.5 to 1 or more (%s)', async (scheme) => {
			const page = await show(urls[name], DESKTOP, scheme);
			await picture(page, `${name}-${scheme}`);
			expect(await page.evaluate(faintTexts, 4.5)).toEqual([]);
		});

		it('gives every button a name of its own', async () => {
			const page = await show(urls[name]);
			const names = await page.evaluate(buttonNames);
			expect(names).toEqual([...new Set(names)]);
			expect(names).not.toContain('');
		});
	});

	describe('the floor', () => {
		const button = (name: string) => open!.getByRole('button', { name, exact: true });

		it.each(floorProducts.map(({ partNumber }) => partNumber))(
			'asks for the serials that the ERPs book for a %s, and for no others; still after a reset',
			async (partNumber) => {
				await control('reset', {});
				await control('orders/save', { externalOrderId: ORDER, partNumber });
				const page = await show(pico.url);
				await button(`Complete order ${ORDER} unit 1`).click();
				const tracked = (number: string) => parts.some((part) => part.partNumber === number && part.tracking !== 'none');
				const builtIn = billsOfMaterials[partNumber].filter((line) => tracked(line.partNumber)).map((line) => line.partNumber);
				const asked = await page.getByRole('dialog').locator('label').allTextContents();
				expect(asked.filter((label) => label === 'Serial of the finished unit')).toHaveLength(tracked(partNumber) ? 1 : 0);
				expect(asked.flatMap((label) => /\((.+)\)$/.exec(label)?.[1] ?? [])).toEqual(builtIn);

				await page.getByRole('dialog').getByRole('button', { name: 'Complete' }).click();
				await button(`Correct order ${ORDER} unit 1`).waitFor();
				const { orders } = (await (await fetch(`${pico.url}/control/state`)).json()) as { orders: Array<Record<string, unknown>> };
				const order = orders.find(({ parentOrderId }) => parentOrderId === null);
				expect(order?.consumedSerials).toMatchObject(builtIn.map((externalId) => ({ externalId, value: expect.stringMatching(/./) })));
				expect(order?.producedSerial === null).toBe(!tracked(partNumber));
			},
		);

		it('builds subassemblies under the part numbers for which it asks serials', async () => {
			const { operations } = (await (await fetch(`${pico.url}/control/state`)).json()) as {
				operations: Array<{ kind: string; externalId: string | null; archivedAt: unknown; consumedSerials: Array<{ externalId: string }> }>;
			};
			const built = operations.filter(({ kind }) => kind === 'subassembly').map(({ externalId }) => externalId);
			const asked = operations.find(({ externalId }) => externalId === 'PUMP-100')?.consumedSerials.map(({ externalId }) => externalId);
			expect(built.sort()).toEqual(asked?.sort());
		});

		it('calls the first unit "unit 1" on its card, its buttons and in the dialog', async () => {
			const page = await show(pico.url);
			const card = page.locator('.card').filter({ has: button(`Complete order ${ORDER} unit 1`) });
			await expect(card.locator('h3').textContent()).resolves.toBe(`${ORDER}unit 1`);
			await card.getByRole('button', { name: /^Complete/ }).click();
			await expect(page.getByRole('dialog').textContent()).resolves.toContain('unit 1.');
		});

		it('has a dialog with a name, that takes the focus and hands it back, though the page was drawn anew meanwhile', async () => {
			const page = await show(pico.url);
			await button(`Complete order ${ORDER} unit 2`).click();
			const dialog = page.getByRole('dialog', { name: `Complete ${ORDER}` });
			await expect(dialog.locator('input').first().evaluate((each) => each === document.activeElement)).resolves.toBe(true);
			await picture(page, 'dialog');
			await control('notes/add', { text: 'meanwhile' });
			await page.getByRole('tab', { name: 'Notes 1', includeHidden: true }).waitFor();
			await page.keyboard.press('Escape');
			await page.waitForFunction((label) => document.activeElement?.ariaLabel === label, `Complete order ${ORDER} unit 2`);
		});

		it('says in the dialog what Pico refused, where it can be read', async () => {
			const page = await show(pico.url);
			await button('New order').click();
			const dialog = page.getByRole('dialog', { name: 'New order' });
			await dialog.getByLabel('Operation').selectOption('Coolant pump (PUMP-100 B)');
			await dialog.getByLabel('Order id').fill('');
			await dialog.getByRole('button', { name: 'Order' }).click();
			await dialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
		});

		it('keeps the focus on a button when something else changes', async () => {
			const page = await show(pico.url);
			await button(`Start order ${ORDER} unit 2`).focus();
			await control('notes/add', { text: 'meanwhile' });
			await page.getByRole('tab', { name: 'Notes 1' }).waitFor();
			expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe(`Start order ${ORDER} unit 2`);
		});

		it('goes from tab to tab by the arrow keys, Home and End, and names the panel by its tab', async () => {
			const page = await show(pico.url);
			const selected = async () => await page.evaluate(() => [document.activeElement?.id, document.querySelector('[role=tab][aria-selected=true]')?.id]);
			await page.getByRole('tab', { name: /^Streams/ }).focus();
			for (const [key, tab] of [
				['ArrowRight', 'webhooks'],
				['ArrowRight', 'calls'],
				['ArrowLeft', 'webhooks'],
				['End', 'switches'],
				['ArrowRight', 'streams'],
				['ArrowLeft', 'switches'],
				['Home', 'streams'],
			]) {
				await page.keyboard.press(key);
				expect([key, ...(await selected())]).toEqual([key, `tab-${tab}`, `tab-${tab}`]);
			}
			await expect(page.locator('[role=tab][tabindex="0"]').count()).resolves.toBe(1);
			await page.getByRole('tabpanel', { name: /^Streams/ }).waitFor();
		});

		it('shows one column at a time in a narrow window, a dozen orders of it at first', async () => {
			for (let each = 0; each < 40; each++) await control('orders/save', { externalOrderId: `MO-${each + 10}`, partNumber: 'GEAR-200' });
			const page = await show(pico.url, PHONE);
			const visible = async () => [await page.locator('.column:visible').count(), await page.locator('.card:visible').count()];
			expect(await visible()).toEqual([1, 12]);
			await picture(page, 'floor-many-390');
			await button('Show more: Released, 30 hidden').click();
			expect(await visible()).toEqual([1, 24]);
			for (const [column, count] of [['In progress', 0], ['Completed', 0], ['Cancelled', 0], ['Released', 42]] as const) {
				await page.getByRole('button', { name: `${column} ${count}` }).click();
				await expect(page.locator('.column:visible').getAttribute('aria-label')).resolves.toBe(column);
			}
		});

		it('counts one thing in the singular', async () => {
			await control('orders/complete', { externalOrderId: ORDER });
			const page = await show(pico.url);
			await page.getByText('1 completion', { exact: false }).first().waitFor();
			await expect(page.locator('#about').textContent()).resolves.not.toContain('completions');
		});
	});
});
