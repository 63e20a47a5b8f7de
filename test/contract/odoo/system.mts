import type { System } from '../system.mts';
import { Odoo, type Access } from './connection.mts';
import { REAL_ODOO, type RealOdoo } from './each-odoo.mts';

/** Rights that only some facts need: model and what must be allowed with it. */
const rights: Readonly<Record<string, readonly [model: string, operation: string]>> = {
	users: ['res.users', 'create'],
	companies: ['res.company', 'create'],
	warehouses: ['stock.warehouse', 'create'],
	workOrders: ['mrp.workcenter', 'create'],
};

const basic = ['product.product', 'mrp.bom', 'mrp.production', 'stock.quant', 'stock.lot'];

/** Asks Odoo whether this user may create records of a model. */
async function may(odoo: Odoo, model: string): Promise<boolean> {
	const method = odoo.version < 18 ? 'check_access_rights' : 'has_access';
	const named = odoo.version < 18 ? { operation: 'create', raise_exception: false } : { operation: 'create' };
	return await odoo.call<boolean>(model, method, odoo.version < 18 ? named : { ids: [], ...named });
}

export const system: System = {
	options: {
		url: 'address of Odoo, without anything behind it',
		db: 'name of the database: take one for tests, orders that are done stay for ever',
		login: 'login of a user; the administrator sees most facts',
		'api-key': "the user's API key (JSON-2 of Odoo 19 needs it)",
		password: 'or the password, for Odoo 17 and 18',
	},
	needs: ['url', 'db', 'login', ['api-key', 'password']],

	async prepare({ url, db, login, 'api-key': apiKey, password }) {
		const access: Access = { url, db, login, apiKey, password };
		const odoo = await Odoo.connect(access);
		const refused: string[] = [];
		for (const model of basic) if (!(await may(odoo, model))) refused.push(model);
		if (refused.length > 0) throw new Error(`${login} may not create ${refused.join(', ')}: the facts need that`);
		const can: string[] = [];
		for (const [right, [model]] of Object.entries(rights)) if (await may(odoo, model)) can.push(right);
		const cannot = Object.keys(rights).filter((right) => !can.includes(right));
		const real: RealOdoo = { ...odoo.access, version: odoo.version, can };
		return {
			env: { [REAL_ODOO]: JSON.stringify(real) },
			plan: [
				`Odoo ${odoo.version} at ${odoo.access.url}, database ${db}, as ${login}.`,
				'It makes products, bills, lots, stock and manufacturing orders whose names begin with CT, and closes or cancels the orders.',
				...(can.includes('users') ? ['It makes users of that name, with few rights, and archives them.'] : []),
				...(can.includes('warehouses') ? ['It makes a warehouse and shelves, and archives them.'] : []),
				...(can.includes('companies') ? ['It makes a company "Contract test company" once, and leaves it for the next time.'] : []),
				'At the end products, work centres and places are archived. Odoo keeps orders that are done, and their lots.',
				...(cannot.length > 0 ? [`Left out, for want of rights to create them: ${cannot.join(', ')}.`] : []),
			],
		};
	},
};
