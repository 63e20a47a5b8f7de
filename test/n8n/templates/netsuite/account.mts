import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { control } from '../../../../demo/lib/doubles.mts';
import { startNetsuiteDouble, type NetsuiteDouble } from '../../../../packages/sandbox/src/netsuite/server.mts';

export type Json = Record<string, unknown>;

export interface WorkOrder {
	id: number;
	tranId: string;
}

export interface ShownOrder extends WorkOrder {
	partNumber: string;
	quantity: number;
	built: number;
	status: string;
	custom: Record<string, string>;
}

/** A NetSuite account that keeps stock of component serials as a real one does. */
export class Account {
	private constructor(
		readonly double: NetsuiteDouble,
		private readonly folder: string,
	) {}

	static async open(): Promise<Account> {
		const folder = mkdtempSync(join(tmpdir(), 'netsuite-account-'));
		const double = await startNetsuiteDouble({ port: 0, host: '127.0.0.1', certificateFolder: folder });
		const account = new Account(double, folder);
		await account.control('POST', 'switches', { componentSerials: 'inStock' });
		return account;
	}

	async control<T = Json>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
		return await control<T>(this.double.plainUrl, method, path, body);
	}

	/** A call of SuiteTalk REST, as a person's other tools would make it. @throws Error unless it went through */
	async rest(method: string, path: string, body?: unknown): Promise<void> {
		const response = await fetch(`${this.double.plainUrl}/services/rest/record/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${this.double.credentials.accessToken}` },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
	}

	/** Released work orders, with or without WIP as the double chooses for the part. */
	async orders(partNumber: string, quantity: number, count: number): Promise<WorkOrder[]> {
		const made = await this.control<{ orders: WorkOrder[] }>('POST', 'orders', { partNumber, quantity, count });
		return made.orders;
	}

	/** One record of any type; answers its values. */
	async record<T = Json>(type: string, values: Json): Promise<T> {
		return await this.control<T>('POST', 'records', { type, values });
	}

	/** All records of a type, oldest first, as they are stored. */
	async records(type: string): Promise<Json[]> {
		return (await this.control<{ records: Json[] }>('GET', `records?type=${type}`)).records;
	}

	/** Serial numbers of a component come into stock. */
	async receive(partNumber: string, serials: readonly string[]): Promise<void> {
		for (const inventoryNumber of serials) {
			await this.record('inventoryNumber', { inventoryNumber, item: { externalId: partNumber } });
		}
	}

	async workOrders(): Promise<ShownOrder[]> {
		return (await this.control<{ orders: ShownOrder[] }>('GET', 'state?limit=5000')).orders;
	}

	async faults(faults: Json): Promise<void> {
		await this.control('POST', 'faults', faults);
	}

	async close(): Promise<void> {
		await this.double.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
