import { odooSignature } from '../../../../demo/lib/odoo-signature.mts';
import type { Execution } from '../../../../demo/lib/n8n-session.mts';
import { plantTemplate } from '../../../../demo/lib/plant-template.mts';
import { until } from '../../../../demo/lib/poll.mts';
import type { Credential } from '../../../../demo/lib/workflows.mts';
import { Odoo } from '../../../contract/odoo/connection.mts';
import { Workshop, type Product } from '../../../contract/odoo/workshop.mts';
import { startSandboxProcess, type SandboxProcess } from '../../../kit/sandbox.mts';
import type { InstalledN8n } from '../../kit/installed.mts';
import { openStreams } from '../../kit/plant.mts';
import { picoCredential } from '../../kit/workflows.mts';
import { Desk } from '../catalogue/desk.mts';
import { Front } from './front.mts';
import type { Place } from './places.mts';

const TEMPLATES = {
	completions: 'pico-completions-to-odoo',
	orders: 'odoo-orders-to-pico',
	cancellations: 'odoo-cancellations-to-pico',
	products: 'pico-products-to-odoo',
	reconciliation: 'reconcile-pico-with-odoo',
} as const;

type Template = keyof typeof TEMPLATES;
type Settings = Record<string, string | number | boolean>;

export interface OdooOrder {
	id: number;
	name: string;
	state: string;
	product_qty: number;
}

/**
 * Pico, an Odoo of some version, real or not, and all templates between them. Its orders belong to a company of their own,
 * which "Plant settings" name, so that the templates touch nothing else in a real Odoo.
 */
export class Exchange {
	private readonly desk: Desk;

	private constructor(
		readonly pico: SandboxProcess,
		readonly odoo: Odoo,
		readonly workshop: Workshop,
		readonly front: Front,
		private readonly installed: InstalledN8n,
		private readonly workflows: Record<Template, string>,
	) {
		this.desk = new Desk(installed);
	}

	static async open(installed: InstalledN8n, place: Place): Promise<Exchange> {
		const everywhere = await Odoo.connect(place.access);
		const company = await new Workshop(everywhere).otherCompany();
		const { name } = await everywhere.read<{ name: string }>('res.company', company, ['name']);
		const odoo = everywhere.inCompany(company);
		const [pico, front] = [await startSandboxProcess(), await Front.before(place.access.url)];
		await emptyCatalogue(pico);
		const session = await installed.session();
		const { version, uid, access } = odoo;
		const key = access.apiKey ?? access.password ?? '';
		const made = [
			{ name: `Odoo ${version}`, type: 'httpCustomAuth', data: { json: odooSignature({ version, db: access.db, uid, key }) } },
			{ ...picoCredential(pico.endpoint, pico.token), id: undefined, name: `Pico for Odoo ${version}` },
		];
		const credentials: Credential[] = [];
		for (const each of made) credentials.push({ ...each, ...(await session.rest<{ id: string }>('POST', '/credentials', each)), data: {} });
		const address = { odooUrl: front.url, odooVersion: version };
		const workflows: Partial<Record<Template, string>> = {};
		const settings: Record<Template, () => Settings> = {
			completions: () => ({ company: name }),
			orders: () => ({ company: name }),
			cancellations: () => ({ company: name }),
			// The barcode stands for a field of the plant's own: a real Odoo would keep one that the test adds.
			products: () => ({ revisionField: 'barcode', overwriteNames: true }),
			reconciliation: () => ({ company: name, completionsWorkflowId: workflows.completions ?? '', leaveMinutes: 0 }),
		};
		for (const [template, file] of Object.entries(TEMPLATES) as Array<[Template, string]>) {
			const workflow = plantTemplate(process.cwd(), file, { id: '', credentials, settings: { ...address, ...settings[template]() }, everySeconds: 3600 });
			const stored = { ...workflow, id: undefined, name: `${file} ${version}` };
			workflows[template] = (await session.rest<{ id: string }>('POST', '/workflows', stored)).id;
		}
		return new Exchange(pico, odoo, new Workshop(odoo), front, installed, workflows as Record<Template, string>);
	}

	/** A person presses "Execute workflow"; answers the run when it has ended. */
	async press(template: Template): Promise<Execution> {
		return await this.desk.press(this.workflows[template], template === 'products' ? 'Load everything' : 'Run now');
	}

	/** The same, and it has to succeed. Answers the calls of Odoo that it made. */
	async run(template: Template): Promise<string[]> {
		const before = this.front.calls.length;
		const { status, data } = await this.press(template);
		expect(`${status} ${data?.resultData.error?.message ?? ''}`).toBe('success ');
		return this.front.calls.slice(before).map(({ what }) => what);
	}

	/** Whether the completions template hears of what Pico completes, or is only there to be called. */
	async listen(listens: boolean): Promise<void> {
		const session = await this.installed.session();
		await session.deactivate(this.workflows.completions);
		await this.desk.publishDeaf(this.workflows.completions, !listens);
		await until('the trigger', async () => (await openStreams(this.pico)) === (listens ? 1 : 0), { timeoutMs: 60_000 });
	}

	async settle(template: Template): Promise<void> {
		await this.desk.settle(this.workflows[template]);
	}

	/** A product of Odoo that Pico can build. */
	async buildable(what: string, tracking: 'serial' | 'lot' | 'none' = 'none'): Promise<Product> {
		const product = await this.workshop.product(what, tracking);
		await this.pico.control('POST', 'operations/deploy', { partNumber: product.code, revision: 'A' });
		return product;
	}

	async order(product: Product, quantity: number, more: Record<string, unknown> = {}): Promise<OdooOrder> {
		const id = await this.workshop.order(product, quantity, more);
		return (await this.orders(product)).find((order) => order.id === id) as OdooOrder;
	}

	async orders(product: Product): Promise<OdooOrder[]> {
		return await this.odoo.find<OdooOrder>('mrp.production', [['product_id', '=', product.id]], ['name', 'state', 'product_qty']);
	}

	/** Subject and text of what stands in the chatter of an order, by our templates. */
	async notes(order: number, subject = '%'): Promise<Array<{ subject: string; body: string }>> {
		const domain = [['model', '=', 'mrp.production'], ['res_id', '=', order], ['subject', '=like', subject]];
		return (await this.odoo.find<{ subject: string; body: string }>('mail.message', domain, ['subject', 'body'])).filter((note) => note.subject);
	}

	async subjects(order: number, subject?: string): Promise<string[]> {
		return (await this.notes(order, subject)).map((note) => note.subject);
	}

	async close(): Promise<void> {
		await this.workshop.cleanUp();
		await this.front.close();
		await this.pico.close();
	}
}

/** What a test does not deploy itself is no part of its catalogue. */
async function emptyCatalogue(pico: SandboxProcess): Promise<void> {
	const { operations } = await pico.control<{ operations: Array<{ id: string; archivedAt: string | null }> }>('GET', 'state');
	for (const { id, archivedAt } of operations) if (!archivedAt) await pico.control('POST', 'operations/archive', { operationId: id });
}
