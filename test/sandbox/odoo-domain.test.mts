import { Database } from '../../packages/sandbox/src/odoo/database.mts';
import { compileDomain } from '../../packages/sandbox/src/odoo/domain.mts';
import { models } from '../../packages/sandbox/src/odoo/models/index.mts';
import { Orm } from '../../packages/sandbox/src/odoo/orm.mts';
import { rules } from '../../packages/sandbox/src/odoo/rules.mts';
import { seed } from '../../packages/sandbox/src/odoo/seed.mts';

const orm = new Orm(new Database(models, () => new Date('2026-01-31T08:15:00Z'), 19), rules);
seed(orm, { seed: 1, username: 'admin' });

const found = (model: string, domain: unknown) => {
	const test = compileDomain(orm.db, model, domain);
	return orm.db
		.rows(model)
		.filter(test)
		.map((row) => row.id);
};

describe('an Odoo domain', () => {
	it.each<[string, unknown, number[]]>([
		['nothing means everything', [], [1, 2, 3, 4]],
		['= on a text', [['name', '=', 'WH/MO/00002']], [2]],
		['= on a number given as text, as the node does', [['product_qty', '=', '3']], [2]],
		['!=', [['product_qty', '!=', 1]], [2, 4]],
		[
			'< and > joined by an implied and',
			[
				['product_qty', '>', 1],
				['product_qty', '<', '5'],
			],
			[2],
		],
		[
			'<= and >=',
			[
				['product_qty', '>=', 3],
				['product_qty', '<=', 5],
			],
			[2, 4],
		],
		['in', [['id', 'in', [1, 4, 9]]], [1, 4]],
		['not in', [['id', 'not in', [1, 4]]], [2, 3]],
		['like is case-sensitive and searches anywhere', [['origin', 'like', 'so']], []],
		['ilike is not case-sensitive', [['origin', 'ilike', 'so100_']], [1, 2, 3, 4]],
		['=like matches the whole text', [['name', '=like', 'WH/%/00003']], [3]],
		['not ilike', [['name', 'not ilike', '0000%1']], [2, 3, 4]],
		['|', ['|', ['id', '=', 1], ['id', '=', 3]], [1, 3]],
		['! binds to the next term only', ['!', ['id', '=', 1], ['product_qty', '=', 1]], [3]],
		['nested prefix logic', ['|', '&', ['product_qty', '=', 1], ['id', '<', 2], '!', ['id', '<', 4]], [1, 4]],
		['a path over a relation', [['product_id.default_code', '=', 'PUMP-100']], [1, 2]],
		['a path over two relations', [['move_raw_ids.product_id.default_code', '=', 'MOTOR-20']], [1, 2]],
		['a relation by id', [['product_id', '=', 3]], [4]],
		['a relation by name', [['product_id', 'ilike', 'gearbox']], [3]],
		['an unset relation', [['date_finished', '=', false]], [1, 2, 3, 4]],
		['child_of on a relation without a tree', [['product_id', 'child_of', 2]], [3]],
		['=? with nothing means everything', [['state', '=?', false]], [1, 2, 3, 4]],
		['constants', [[0, '=', 1]], []],
	])('%s', (_name, domain, ids) => {
		expect(found('mrp.production', domain)).toEqual(ids);
	});

	it('child_of walks down the tree', () => {
		expect(found('product.category', [['id', 'child_of', 1]])).toEqual([1, 2, 3]);
		expect(found('product.category', [['id', 'child_of', 2]])).toEqual([2]);
		expect(found('product.product', [['categ_id', 'child_of', 'All']])).toHaveLength(6);
	});

	it.each<[string, unknown, string]>([
		['an unknown operator', [['name', '~', 'x']], 'Invalid leaf'],
		['a leaf of two', [['name', '=']], 'Invalid domain term'],
		['an operator without its terms', ['|', ['id', '=', 1]], 'is missing a term'],
		['an unknown field behind a relation', [['product_id.nope', '=', 1]], 'Invalid field product.product.nope'],
		['a path over what is no relation', [['name.x', '=', 1]], 'Invalid field mrp.production.name.x'],
		['no list', 'name = 1', 'Invalid domain'],
	])('names %s', (_name, domain, message) => {
		expect(() => found('mrp.production', domain)).toThrow(message);
	});
});
