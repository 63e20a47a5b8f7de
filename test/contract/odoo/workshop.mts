import { Odoo, type Json } from './connection.mts';

export interface Product {
	id: number;
	template: number;
	code: string;
}

interface Line {
	id: number;
	lot: string;
	quantity: number;
	picked: boolean;
	location: string;
}

type Pair = [number, string] | false;

/** Makes what the facts need, each with its own prefix, and takes it back in the end. */
export class Workshop {
	/** Nothing else in the database begins like this. */
	readonly prefix = `CT${Date.now().toString(36).slice(-6).toUpperCase()}`;
	private readonly made: Array<[model: string, id: number]> = [];
	private count = 0;
	private stockPlace: Promise<number> | undefined;

	constructor(readonly odoo: Odoo) {}

	/** A record that `cleanUp` archives or cancels. */
	async create(model: string, values: Json, context?: Json): Promise<number> {
		const id = await this.odoo.create(model, values, context);
		this.made.push([model, id]);
		return id;
	}

	/** Takes over a record that somebody else made. */
	adopt(model: string, id: number): void {
		this.made.push([model, id]);
	}

	name(what: string): string {
		this.count += 1;
		return `${this.prefix}-${what}${this.count}`;
	}

	async product(what: string, tracking: 'serial' | 'lot' | 'none' = 'none', more: Json = {}): Promise<Product> {
		const code = this.name(what);
		const storable = this.odoo.version < 18 ? { detailed_type: 'product' } : { is_storable: true };
		const id = await this.create('product.product', { name: code, default_code: code, tracking, ...storable, ...more });
		const { product_tmpl_id } = await this.odoo.read<{ product_tmpl_id: [number, string] }>('product.product', id, ['product_tmpl_id']);
		return { id, template: product_tmpl_id[0], code };
	}

	async lot(product: Product, name: string): Promise<number> {
		return await this.odoo.create('stock.lot', { name, product_id: product.id });
	}

	/** WH/Stock of the user's own company. */
	async stockLocation(): Promise<number> {
		this.stockPlace ??= this.odoo
			.find<{ lot_stock_id: [number, string] }>('stock.warehouse', [], ['lot_stock_id'], { limit: 1 })
			.then(([warehouse]) => warehouse.lot_stock_id[0]);
		return await this.stockPlace;
	}

	/** Puts pieces on stock by an inventory. Answers the lot's id. */
	async stock(product: Product, quantity: number, lotName?: string, location?: number): Promise<number | undefined> {
		const lot = lotName === undefined ? undefined : await this.lot(product, lotName);
		const quant = await this.odoo.create(
			'stock.quant',
			{
				product_id: product.id,
				location_id: location ?? (await this.stockLocation()),
				inventory_quantity: quantity,
				...(lot === undefined ? {} : { lot_id: lot }),
			},
			{ inventory_mode: true },
		);
		await this.odoo.call('stock.quant', 'action_apply_inventory', { ids: [quant] });
		return lot;
	}

	async bill(product: Product, parts: ReadonlyArray<[Product, number]>, more: Json = {}): Promise<number> {
		const bom_line_ids = parts.map(([part, product_qty]) => [0, 0, { product_id: part.id, product_qty }]);
		return await this.create('mrp.bom', { product_tmpl_id: product.template, product_qty: 1, bom_line_ids, ...more });
	}

	/** One operation on a work centre: orders of this bill have a work order. */
	async operation(bill: number): Promise<void> {
		const workcenter_id = await this.create('mrp.workcenter', { name: this.name('WORK') });
		await this.odoo.create('mrp.routing.workcenter', { name: 'Assemble', bom_id: bill, workcenter_id, time_cycle_manual: 5 });
	}

	/** A unit of measure that is several pieces. */
	async pack(): Promise<{ id: number; size: number }> {
		const sizes = new Map([['Pack of 6', 6], ['Dozens', 12]]);
		const [pack] = await this.odoo.find<{ name: string }>('uom.uom', [['name', 'in', [...sizes.keys()]]], ['name']);
		if (!pack) throw new Error('this Odoo has no unit of measure of several pieces');
		return { id: pack.id, size: sizes.get(pack.name) ?? 0 };
	}

	/** A confirmed order. */
	async order(product: Product, product_qty: number, more: Json = {}): Promise<number> {
		const id = await this.create('mrp.production', { product_id: product.id, product_qty, ...more });
		await this.odoo.call('mrp.production', 'action_confirm', { ids: [id] });
		return id;
	}

	async state(order: number): Promise<string> {
		return (await this.odoo.read<{ state: string }>('mrp.production', order, ['state'])).state;
	}

	async moveOf(order: number, part: Product) {
		const domain = [['raw_material_production_id', '=', order], ['product_id', '=', part.id]];
		const fields = ['state', 'product_uom_qty', 'quantity', 'picked', 'location_id', 'manual_consumption'];
		const [move] = await this.odoo.find<{ state: string; product_uom_qty: number; quantity: number; picked: boolean; location_id: Pair; manual_consumption: boolean }>('stock.move', domain, fields);
		return move;
	}

	async lines(move: number): Promise<Line[]> {
		const fields = ['lot_id', 'quantity', 'picked', 'location_id'];
		const lines = await this.odoo.find<{ lot_id: Pair; quantity: number; picked: boolean; location_id: Pair }>('stock.move.line', [['move_id', '=', move]], fields);
		return lines.map(({ id, lot_id, quantity, picked, location_id }) => ({
			id,
			lot: lot_id ? lot_id[1] : '',
			quantity,
			picked,
			location: location_id ? location_id[1] : '',
		}));
	}

	/** What a closed order has used of a part: number and quantity of each line. */
	async consumed(order: number, part: Product): Promise<Array<[lot: string, quantity: number]>> {
		const domain = [['move_id.raw_material_production_id', '=', order], ['product_id', '=', part.id], ['state', '=', 'done']];
		const lines = await this.odoo.find<{ lot_id: Pair; quantity: number }>('stock.move.line', domain, ['lot_id', 'quantity']);
		return lines.map(({ lot_id, quantity }) => [lot_id ? lot_id[1] : '', quantity] as [string, number]).sort();
	}

	/** What lies where: full name of the place and quantity, of one lot or of all. Only places inside the company. */
	async onHand(product: Product, lot?: number): Promise<Array<[place: string, quantity: number]>> {
		const domain = [['product_id', '=', product.id], ['location_id.usage', '=', 'internal'], ...(lot === undefined ? [] : [['lot_id', '=', lot]])];
		const quants = await this.odoo.find<{ location_id: [number, string]; quantity: number }>('stock.quant', domain, ['location_id', 'quantity']);
		return quants.filter(({ quantity }) => quantity !== 0).map(({ location_id, quantity }) => [location_id[1], quantity] as [string, number]).sort();
	}

	/** Enters serial number and quantity of what is made, as the field of this version wants it. */
	async produce(order: number, quantity: number, lots: readonly number[] = []): Promise<void> {
		const lot = this.odoo.version < 19 ? { lot_producing_id: lots[0] } : { lot_producing_ids: [[6, 0, lots]] };
		await this.odoo.write('mrp.production', order, { ...(lots.length > 0 ? lot : {}), qty_producing: quantity });
	}

	/** A part that was built in, as a further line beside those that are there. */
	async addLine(move: number, part: Product, lot: number | undefined, more: Json = {}): Promise<void> {
		const line = { product_id: part.id, quantity: 1, picked: true, ...(lot === undefined ? {} : { lot_id: lot }), ...more };
		await this.odoo.write('stock.move', move, { manual_consumption: true, move_line_ids: [[0, 0, line]] });
	}

	/** The button *Split* and its dialog: the order becomes several, of these quantities. */
	async split(order: number, quantities: readonly number[]): Promise<void> {
		await this.odoo.call('mrp.production', 'action_split', { ids: [order] });
		const wizard = await this.odoo.create('mrp.production.split', {
			production_id: order,
			...(this.odoo.version < 19 ? { counter: quantities.length } : { max_batch_size: Math.max(...quantities) }),
			production_detailed_vals_ids: quantities.map((quantity) => [0, 0, { quantity, date: '2026-01-31 08:00:00' }]),
		});
		await this.odoo.call('mrp.production.split', 'action_split', { ids: [wizard] });
	}

	/** A warehouse of *Pick components then manufacture*: parts come from stock to Pre-Production first, by a transfer. */
	async twoSteps(): Promise<{ stock: number; preProduction: [number, string]; manufacture: number }> {
		const code = this.prefix.slice(-5);
		const [known] = await this.odoo.find('stock.warehouse', [['code', '=', code]], ['code']);
		const id = known?.id ?? (await this.create('stock.warehouse', { name: this.name('HOUSE'), code, manufacture_steps: 'pbm' }));
		const { lot_stock_id, pbm_loc_id, manu_type_id } = await this.odoo.read<Record<string, [number, string]>>('stock.warehouse', id, ['lot_stock_id', 'pbm_loc_id', 'manu_type_id']);
		return { stock: lot_stock_id[0], preProduction: pbm_loc_id, manufacture: manu_type_id[0] };
	}

	/** Somebody brings the parts of an order to Pre-Production. */
	async bring(order: number): Promise<void> {
		const { picking_ids } = await this.odoo.read<{ picking_ids: number[] }>('mrp.production', order, ['picking_ids']);
		await this.odoo.call('stock.picking', 'button_validate', { ids: picking_ids });
	}

	async close(order: number, context: Json = { skip_consumption: true }): Promise<unknown> {
		return await this.odoo.call('mrp.production', 'button_mark_done', { ids: [order], context });
	}

	/** Another user with these groups, logged in with a password. */
	async user(groups: readonly string[]): Promise<Odoo> {
		const login = this.name('USER').toLowerCase();
		const ids = await Promise.all(['base.group_user', ...groups].map(async (name) => await this.odoo.ref(name)));
		const field = this.odoo.version < 19 ? 'groups_id' : 'group_ids';
		await this.create('res.users', { name: login, login, password: login, [field]: [[6, 0, ids.filter(Boolean)]] });
		return await Odoo.connect({ url: this.odoo.access.url, db: this.odoo.access.db, login, password: login });
	}

	/** A second company of this user, made when there is none: companies cannot be deleted, so the next run takes it again. */
	async otherCompany(): Promise<number> {
		const name = 'Contract test company';
		const found = await this.odoo.find('res.company', [['name', '=', name]], ['name']);
		const made = found[0]?.id ?? (await this.odoo.create('res.company', { name }));
		await this.odoo.write('res.users', this.odoo.uid, { company_ids: [[4, made]] });
		const context = { allowed_company_ids: [made] };
		const warehouses = await this.odoo.find('stock.warehouse', [['company_id', '=', made]], ['name'], { context });
		if (warehouses.length === 0) await this.odoo.create('stock.warehouse', { name: `${this.prefix} house`, code: 'CT', company_id: made }, context);
		return made;
	}

	/** Cancels open orders and archives the rest; what Odoo keeps for ever stays under the prefix. Answers what it could not. */
	async cleanUp(): Promise<string[]> {
		const left: string[] = [];
		for (const [model, id] of this.made.reverse()) {
			try {
				if (model === 'mrp.production') {
					// A fact may have deleted its order.
					const [order] = await this.odoo.find<{ state: string }>(model, [['id', '=', id]], ['state']);
					if (order && order.state !== 'done') await this.odoo.call(model, 'action_cancel', { ids: [id] });
				} else if (model === 'mrp.bom' || !archived.has(model)) await this.odoo.call(model, 'unlink', { ids: [id] });
				else await this.odoo.write(model, id, { active: false });
			} catch (error) {
				left.push(`${model} ${id}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
			}
		}
		return left;
	}
}

const archived = new Set(['product.product', 'mrp.workcenter', 'stock.location', 'stock.warehouse', 'res.users', 'res.company']);
