import { odooSignature } from '../../../../demo/lib/odoo-signature.mts';
import type { Credential } from '../../../../demo/lib/workflows.mts';
import type { SandboxProcess } from '../../../kit/sandbox.mts';

export type Json = Record<string, unknown>;

export interface OdooOrder {
	id: number;
	name: string;
	partNumber: string;
	quantity: number;
	producing: number;
	produced: number;
	state: string;
	/** Serial numbers or the lot that were produced. */
	serials: string[];
	consumed: Array<{ partNumber: string; serial: string; quantity: number }>;
}

export interface Message {
	recordId: number;
	subject: string;
	body: string;
}

interface State {
	orders: OdooOrder[];
	messages: Message[];
	activities: Array<{ recordId: number; summary: string; user: string }>;
	counts: Record<string, number>;
	faults: { count: number | null };
}

/** The sandbox's Odoo as its users see it, past all of our nodes. */
export class Company {
	readonly url: string;

	constructor(private readonly sandbox: Pick<SandboxProcess, 'odoo' | 'control'>) {
		if (!sandbox.odoo) throw new Error('the sandbox has no Odoo');
		this.url = sandbox.odoo;
	}

	/** What a person types into n8n's credentials. */
	get credentials() {
		return { db: 'sandbox', username: 'admin', password: 'admin', apiKey: 'sandbox-odoo-key' };
	}

	/** What a person enters into the credential that the templates want. */
	signature(version = 19): Credential {
		const { db, apiKey } = this.credentials;
		return { id: 'testOdooSign0001', name: 'Odoo under test', type: 'httpCustomAuth', data: { json: odooSignature({ version, db, uid: 2, key: apiKey }) } };
	}

	async control<T = Json>(path: string, body: Json): Promise<T> {
		return await this.sandbox.control<T>('POST', `${this.url}/control/${path}`, body);
	}

	async state(): Promise<State> {
		return await this.sandbox.control<State>('GET', `${this.url}/control/state?limit=5000`);
	}

	/** Makes confirmed manufacturing orders; answers id and name of each. */
	async orders(partNumber: string, quantity: number, count: number): Promise<Array<{ id: number; name: string }>> {
		return (await this.control<{ orders: Array<{ id: number; name: string }> }>('orders', { partNumber, quantity, count })).orders;
	}

	async order(name: string): Promise<OdooOrder> {
		const found = (await this.state()).orders.find((order) => order.name === name);
		if (!found) throw new Error(`${name} is gone`);
		return found;
	}

	/** Notes in the chatter of an order whose subject starts like this. */
	async notes(orderId: number, subject = ''): Promise<Message[]> {
		const { messages } = await this.state();
		return messages.filter((message) => message.recordId === orderId && message.subject.startsWith(subject));
	}

	/** How many units are posted: each has a note. */
	async postedUnits(): Promise<number> {
		return (await this.state()).messages.filter(({ subject }) => subject.startsWith('Pico unit ')).length;
	}

	async record(model: string, values: Json): Promise<{ id: number } & Json> {
		return await this.control('records', { model, values });
	}

	/** A call of Odoo's API by somebody else. @throws Error unless it went through */
	async call<T>(model: string, method: string, body: Json): Promise<T> {
		const response = await fetch(`${this.url}/json/2/${model}/${method}`, {
			method: 'POST',
			headers: { authorization: `bearer ${this.credentials.apiKey}` },
			body: JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${model}.${method}: ${text}`);
		return JSON.parse(text) as T;
	}

	/** How many calls of its API Odoo has had. */
	async calls(): Promise<number> {
		return (await this.sandbox.control<unknown[]>('GET', `${this.url}/control/calls?since=0`)).length;
	}

	/** A product tracked by lots, which takes two of a component that is tracked by lots as well. */
	async makeLotProduct(partNumber: string, component: string): Promise<void> {
		const product = await this.record('product.template', { name: partNumber, default_code: partNumber, tracking: 'lot' });
		await this.record('product.template', { name: component, default_code: component, tracking: 'lot' });
		const domain = [['default_code', '=', component]];
		const [product_id] = await this.call<number[]>('product.product', 'search', { domain });
		const bom_line_ids = [[0, 0, { product_id, product_qty: 2 }]];
		await this.record('mrp.bom', { code: partNumber, product_tmpl_id: product.id, bom_line_ids });
	}

	/** Odoo sets a component aside for an order, as it does by itself where there is stock. */
	async reserve(orderId: number, component: string, lot: string): Promise<void> {
		const domain = [['raw_material_production_id', '=', orderId], ['product_id.default_code', '=', component]];
		const [move] = await this.call<Array<{ id: number; product_id: [number, string] }>>('stock.move', 'search_read', { domain });
		const { id } = await this.record('stock.lot', { name: lot, product_id: move.product_id[0] });
		await this.record('stock.move.line', { move_id: move.id, lot_id: id, quantity: 1 });
	}
}
