import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Editor } from './editor.mts';

/** What somebody does in the editor who follows the guides: only clicks and keys, nothing behind the scenes. */
export class Person {
	constructor(
		readonly editor: Editor,
		private readonly root: string,
	) {}

	/** Overview > Create credential: chooses the type and fills in the form. The form stays open. */
	async newCredential(type: string, name: string, fields: Record<string, string>): Promise<void> {
		const { page } = this.editor;
		await this.editor.goto('/home/credentials/create');
		await page.getByTestId('new-credential-type-select').click();
		await page.keyboard.type(type);
		await page.getByTestId('new-credential-type-select-option').getByText(type, { exact: true }).first().click();
		await page.getByTestId('new-credential-type-button').click();
		await this.fillCredential(fields);
		const form = page.getByTestId('editCredential-modal');
		await form.getByTestId('credential-name').getByTestId('inline-edit-preview').click();
		await form.getByTestId('credential-name').getByTestId('inline-edit-input').fill(name);
		await page.keyboard.press('Enter');
	}

	/** Types into fields of the open credential. */
	async fillCredential(fields: Record<string, string>): Promise<void> {
		const { page } = this.editor;
		for (const [field, value] of Object.entries(fields)) {
			const input = page.getByTestId('editCredential-modal').getByTestId(`parameter-input-${field}`).first();
			const editor = input.locator('.cm-content').first();
			if ((await editor.count()) === 0) await input.locator('input, textarea').first().fill(value);
			else {
				await editor.click();
				await page.keyboard.press('ControlOrMeta+A');
				await page.keyboard.insertText(value);
			}
		}
	}

	/** Chooses from a list of the open credential. */
	async chooseInCredential(field: string, option: string): Promise<void> {
		const { page } = this.editor;
		await page.getByTestId('editCredential-modal').getByTestId(`parameter-input-${field}`).first().click();
		await page.getByRole('option', { name: option, exact: true }).click();
	}

	async saveCredential(): Promise<void> {
		const { page } = this.editor;
		await page.getByTestId('credential-save-button').click();
		await page.getByText('Connection tested successfully').waitFor();
	}

	/** A credential that n8n has no test for. */
	async saveUntestedCredential(): Promise<void> {
		const { page } = this.editor;
		await page.getByTestId('credential-save-button').click();
		// Only a credential that is stored can be deleted. Where n8n masks what was entered, the button says "Save" again.
		await page.getByTestId('credential-delete-button').waitFor();
	}

	/** A new workflow, … > Import > From file. With `look` the menu is shown before the file is chosen. */
	async importTemplate(name: string, look?: () => Promise<void>): Promise<void> {
		const { page } = this.editor;
		await this.editor.goto('/workflow/new');
		await page.getByTestId('canvas-add-button').waitFor();
		await page.getByTestId('workflow-menu').click();
		await page.getByText('Import', { exact: true }).hover();
		const fromFile = page.getByText('From file', { exact: true });
		await fromFile.waitFor();
		await look?.();
		const [chooser] = await Promise.all([page.waitForEvent('filechooser'), fromFile.click()]);
		await chooser.setFiles(join(this.root, 'templates', `${name}.json`));
		await page.getByTestId('canvas-node').first().waitFor();
	}

	/** Names of the nodes that carry the red sign. */
	async nodesWithIssues(): Promise<string[]> {
		const nodes = this.editor.page
			.getByTestId('canvas-node')
			.filter({ has: this.editor.page.getByTestId('node-issues') });
		return await nodes.evaluateAll((all) => all.map((node) => node.getAttribute('data-node-name') ?? ''));
	}

	/** Types values into the node "Plant settings". The panel stays open. */
	async fillPlantSettings(values: Record<string, string>): Promise<void> {
		await this.editor.openNode('Plant settings');
		for (const [name, value] of Object.entries(values)) {
			const input = await this.plantSetting(name);
			await input.fill(value);
		}
		// Takes the pointer out of the last field, whose hint would cover the next one.
		await this.editor.page.getByText('Fields to Set', { exact: true }).click();
	}

	private async plantSetting(name: string): Promise<Locator> {
		const rows = this.editor.page.getByTestId('assignment');
		const names = await rows
			.getByTestId('assignment-name')
			.locator('input')
			.evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value));
		const index = names.indexOf(name);
		if (index < 0) throw new Error(`Plant settings shows no ${name}, only ${names.join(', ')}`);
		return rows.nth(index).getByTestId('assignment-value').locator('input, textarea').first();
	}

	async closePanel(): Promise<void> {
		const { page } = this.editor;
		await page.getByTestId('ndv-close-button').click();
		await page.getByTestId('ndv').first().waitFor({ state: 'hidden' });
	}

	/** Execute workflow, from the trigger of this name. */
	async execute(trigger: string): Promise<void> {
		const { page } = this.editor;
		await page.locator(`[data-test-id="canvas-node"][data-node-name="${trigger}"]`).hover();
		await page.getByTestId(`execute-workflow-button-${trigger}`).click();
		await page.getByText('Workflow executed successfully').waitFor({ timeout: 60_000 });
		await this.editor.closeMessages();
	}

	/** Publish, and Publish again in the window that opens. */
	async publish(look?: () => Promise<void>): Promise<void> {
		const { page } = this.editor;
		await page.getByTestId('workflow-open-publish-modal-button').click();
		const button = page.getByTestId('workflow-publish-button');
		await button.waitFor();
		await look?.();
		await button.click();
		await button.waitFor({ state: 'hidden' });
	}

	/** Id of the open workflow. */
	get workflowId(): string {
		return /\/workflow\/(\w+)/.exec(this.editor.page.url())?.[1] ?? '';
	}
}
