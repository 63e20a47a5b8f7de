import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, selectors, type Browser, type Page } from 'playwright-core';
import { OWNER } from '../../demo/lib/n8n-session.mts';

const SIZE = { width: 1400, height: 900 };

export interface Area {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** n8n's editor in a browser window of 1400 x 900, in the light theme, signed in as the demo's owner. */
export class Editor {
	readonly size = SIZE;

	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly url: string,
		private readonly folder: string,
	) {}

	static async open(url: string, folder: string): Promise<Editor> {
		selectors.setTestIdAttribute('data-test-id');
		const browser = await chromium.launch({
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
		});
		const context = await browser.newContext({ viewport: SIZE, colorScheme: 'light' });
		const page = await context.newPage();
		page.setDefaultTimeout(60_000);
		await page.goto(`${url}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
		await page.locator('input[type=password]').fill(OWNER.password);
		await page.getByTestId('form-submit-button').click();
		await page.waitForURL((target) => !target.pathname.startsWith('/signin'));
		return new Editor(browser, page, url, folder);
	}

	async goto(path: string): Promise<void> {
		await this.page.goto(`${this.url}${path}`);
	}

	async openWorkflow(id: string): Promise<void> {
		await this.goto(`/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	/** Opens the panel of a node. */
	async openNode(name: string): Promise<void> {
		await this.page.getByTestId('canvas-node').filter({ hasText: name }).first().dblclick();
		await this.page.getByTestId('ndv').first().waitFor();
	}

	/** Closes the messages in the corner. */
	async closeMessages(): Promise<void> {
		const messages = this.page.locator('.el-notification');
		// They also leave by themselves, so a click may find nothing any more.
		while ((await messages.count()) > 0) {
			await messages
				.first()
				.locator('.el-notification__closeBtn')
				.click({ timeout: 1_000 })
				.catch(() => undefined);
			await messages
				.first()
				.waitFor({ state: 'detached', timeout: 1_000 })
				.catch(() => undefined);
		}
	}

	/** Takes a picture of the window, or of a part of it; smaller by two thirds where pngquant is installed. */
	async shoot(
		name: string,
		{ clip, pointer = 'away' }: { clip?: Area; pointer?: 'away' | 'stays' } = {},
	): Promise<void> {
		const path = join(this.folder, `${name}.png`);
		mkdirSync(dirname(path), { recursive: true });
		if (pointer === 'away') await this.page.mouse.move(5, 5);
		await this.page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
		await this.page.screenshot({ path, clip, animations: 'disabled' });
		spawnSync('pngquant', ['--quality', '75-95', '--force', '--output', path, path]);
	}

	async close(): Promise<void> {
		await this.browser.close();
	}
}
