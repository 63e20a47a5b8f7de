import { Company } from '../../n8n/templates/odoo/company.mts';
import type { SandboxProcess } from '../../kit/sandbox.mts';
import { pause } from '../../../demo/lib/poll.mts';

/** Serial-tracked in Odoo, with one serial-tracked component and one untracked. */
const PRODUCT = 'GEAR-200';
const COMPONENT = 'HOUSING-10';
/** Units of one manufacturing order. */
const ORDER_SIZE = 5;
/** One batch of rows each second, as a server sends them that looks into its database each second. */
const TICK_MS = 1_000;

/** Makes completions at an even rate and remembers when, so that a lag can be told for any of them. */
export abstract class Load {
	/** When each event was made, milliseconds. */
	readonly madeAt: number[] = [];

	constructor(protected readonly sandbox: SandboxProcess) {}

	get made(): number {
		return this.madeAt.length;
	}

	/** What can be made beforehand. */
	abstract prepare(count: number): Promise<void>;

	protected abstract complete(count: number): Promise<void>;

	/** Until `count` are made. What a busy machine was late with is made up for. */
	async run(perSecond: number, count: number): Promise<void> {
		const startedAt = Date.now();
		while (this.made < count) {
			const due = Math.min(count, Math.floor(((Date.now() - startedAt) / 1000) * perSecond));
			await this.more(due - this.made);
			if (this.made < count) await pause(TICK_MS - ((Date.now() - startedAt) % TICK_MS));
		}
	}

	/** So many at once. */
	async more(count: number): Promise<void> {
		if (count <= 0) return;
		const now = Date.now();
		await this.complete(count);
		for (let n = 0; n < count; n++) this.madeAt.push(now);
	}
}

/** Completions without orders behind them. */
export class BulkLoad extends Load {
	async prepare(): Promise<void> {
		await this.sandbox.control('POST', 'reset', {});
	}

	protected async complete(count: number): Promise<void> {
		await this.sandbox.control('POST', 'completions/bulk', { count, orderPrefix: `MO${this.made}` });
	}
}

/** Units of manufacturing orders of Odoo, with serial numbers. */
export class OrderLoad extends Load {
	private readonly orders: string[] = [];

	async prepare(count: number): Promise<void> {
		const odoo = new Company(this.sandbox);
		await this.sandbox.control('POST', 'reset', {});
		await odoo.control('reset', {});
		await this.sandbox.control('POST', 'operations/deploy', { partNumber: PRODUCT, revision: 'A' });
		const made = await odoo.orders(PRODUCT, ORDER_SIZE, Math.ceil(count / ORDER_SIZE));
		this.orders.push(...made.map(({ name }) => name));
		for (const externalOrderId of this.orders)
			for (let orderIndex = 0; orderIndex < ORDER_SIZE; orderIndex++)
				await this.sandbox.control('POST', 'orders/save', { partNumber: PRODUCT, externalOrderId, orderIndex });
	}

	/** The floor works on many orders at the same time: one unit of each, then the next of each. */
	protected async complete(count: number): Promise<void> {
		for (let n = this.made; n < this.made + count; n++) {
			const externalOrderId = this.orders[n % this.orders.length];
			const orderIndex = Math.floor(n / this.orders.length);
			await this.sandbox.control('POST', 'orders/complete', {
				externalOrderId,
				orderIndex,
				producedSerial: `GEAR-${externalOrderId}-${orderIndex}`,
				consumedSerials: [{ externalId: COMPONENT, value: `H-${externalOrderId}-${orderIndex}` }],
			});
		}
	}
}
