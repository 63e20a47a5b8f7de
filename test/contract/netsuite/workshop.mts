import { detailOf, idOf, type Answer, type Json, type NetSuite } from './connection.mts';

/** Fields that an account wants besides, by record type. */
export type MoreFields = Readonly<Record<string, Json>>;

/** NetSuite said no where the facts need a yes. */
class Refused extends Error {}

/** Makes the records that the facts are about, all with names of this run, and takes them away again. */
export class Workshop {
	/** Begins the name of every record of this run. */
	readonly run = `CT${Date.now().toString(36).toUpperCase()}`;
	private readonly made: Array<readonly [type: string, id: string]> = [];
	private count = 0;

	constructor(
		readonly netsuite: NetSuite,
		private readonly more: MoreFields,
	) {}

	/** A name that nobody has. */
	name(what: string): string {
		return `${this.run}-${what}-${++this.count}`;
	}

	async create(type: string, values: Json): Promise<string> {
		const answer = await this.post(type, values);
		if (answer.status !== 204) throw new Refused(`${type}: ${detailOf(answer.body)}`);
		return idOf(answer);
	}

	/** Like `create`, for facts about the answer itself. */
	async post(type: string, values: Json, headers?: Record<string, string>): Promise<Answer> {
		const answer = await this.netsuite.record('POST', type, this.complete(type, values), headers);
		if (answer.status === 204) this.keep(type, idOf(answer));
		return answer;
	}

	/** Values with what the account wants besides. */
	complete(type: string, values: Json): Json {
		return { ...this.more[type], ...values };
	}

	/** The clean-up takes this record too. */
	keep(type: string, id: string): void {
		if (!this.made.some(([otherType, other]) => otherType === type && other === id)) this.made.push([type, id]);
	}

	async component(): Promise<{ id: string; name: string }> {
		const name = this.name('SEAL');
		return { name, id: await this.create('inventoryItem', { itemId: name }) };
	}

	/** An assembly of two pieces of one component. */
	async assembly(values: Json = {}): Promise<{ id: string; name: string }> {
		const name = this.name('PUMP');
		const { id: component } = await this.component();
		const member = { items: [{ item: { id: component }, quantity: 2 }] };
		return { name, id: await this.create('assemblyItem', { itemId: name, member, ...values }) };
	}

	/** A released work order, without work in process unless told so. */
	async order(quantity: number, values: Json = {}): Promise<string> {
		const { id } = await this.assembly();
		return await this.create('workOrder', { assemblyItem: { id }, quantity, orderStatus: { id: 'B' }, isWip: false, ...values });
	}

	async transform(order: string, target: string, body: Json = {}): Promise<Answer> {
		const answer = await this.netsuite.record('POST', `workOrder/${order}/!transform/${target}`, this.complete(target, body));
		if (answer.status === 204) this.keep(target, idOf(answer));
		return answer;
	}

	async read(type: string, id: string, parameters = ''): Promise<Json> {
		const { status, body } = await this.netsuite.record('GET', `${type}/${id}${parameters}`);
		if (status !== 200) throw new Refused(`${type}/${id}: ${detailOf(body)}`);
		return body;
	}

	/** The quantities of an order's components. */
	async components(order: string): Promise<unknown[]> {
		const { item } = (await this.read('workOrder', order, '?expandSubResources=true')) as { item: { items: Json[] } };
		return item.items.map(({ quantity }) => quantity);
	}

	/** Deletes everything, the newest first. @returns what NetSuite keeps, with its reason */
	async cleanUp(): Promise<string[]> {
		const left: string[] = [];
		for (const [type, id] of this.made.reverse()) {
			const { status, body } = await this.netsuite.record('DELETE', `${type}/${id}`);
			if (status !== 204 && status !== 404) left.push(`${type} ${id}: ${detailOf(body)}`);
		}
		return left;
	}
}
