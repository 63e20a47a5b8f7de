import type { Database, Row } from './database.mts';

/** Pieces in one of this unit. Up to Odoo 18 `factor` says the opposite: how many of it are in the reference unit. */
export function pieces(db: Database, unit: Row | undefined): number {
	const factor = Number(unit?.values.factor ?? 1) || 1;
	return db.version < 19 ? 1 / factor : factor;
}

/** A quantity in the unit `from` of a record as a quantity in the unit `to` of another. */
export const convert = (db: Database, quantity: number, from: Row | undefined, to: Row | undefined): number =>
	from === to ? quantity : round((quantity * pieces(db, from)) / pieces(db, to));

/** Odoo's units have a precision of two digits; this only takes the noise of the computer's fractions away. */
export const round = (quantity: number): number => Math.round(quantity * 1e6) / 1e6;
