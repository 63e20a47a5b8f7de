import type { Version } from './versions.mts';

/**
 * Errors with the names and texts a real Odoo sends, so that a workflow's error branch can be tried out.
 * `status` is what the JSON-2 endpoint answers; `/jsonrpc` answers 200 with an error object for all of them.
 */
export class OdooError extends Error {
	constructor(
		readonly odooName: string,
		message: string,
		readonly status: number,
		readonly args: readonly unknown[] = [message],
	) {
		super(message);
	}
}

export const accessDenied = (): OdooError => new OdooError('odoo.exceptions.AccessDenied', 'Access Denied', 403);

export const accessError = (message: string): OdooError => new OdooError('odoo.exceptions.AccessError', message, 403);

export const userError = (message: string): OdooError => new OdooError('odoo.exceptions.UserError', message, 422);

export const validationError = (message: string): OdooError =>
	new OdooError('odoo.exceptions.ValidationError', message, 422);

export const valueError = (message: string): OdooError => new OdooError('builtins.ValueError', message, 500);

export const typeError = (message: string): OdooError => new OdooError('builtins.TypeError', message, 422);

export const attributeError = (message: string): OdooError => new OdooError('builtins.AttributeError', message, 422);

export const notFound = (message: string): OdooError => new OdooError('werkzeug.exceptions.NotFound', message, 404, [message, 404]);

export const missingError = (model: string, ids: readonly number[], uid: number): OdooError => {
	const message = `Record does not exist or has been deleted.\n(Record: ${model}(${ids.join(', ')},), User: ${uid})`;
	return new OdooError('odoo.exceptions.MissingError', message, 404);
};

export const noSuchModel = (model: string): OdooError => notFound(`the model '${model}' does not exist`);

/** Odoo 19 has other words for it in each place. */
export const invalidField = (field: string, model: string, version: Version, use: 'read' | 'write' | 'order'): OdooError => {
	const place = version < 19 || use === 'order' ? 'on model' : use === 'read' ? 'on' : 'in';
	return valueError(`Invalid field '${field}' ${place} '${model}'`);
};

/** The body both protocols share: `data` of a JSON-RPC error, the whole body of a JSON-2 error. */
export function errorBody(error: unknown): {
	name: string;
	message: string;
	arguments: readonly unknown[];
	context: Record<string, never>;
	debug: string;
} {
	const known =
		error instanceof OdooError
			? error
			: new OdooError('builtins.Exception', error instanceof Error ? error.message : String(error), 500);
	return {
		name: known.odooName,
		message: known.message,
		arguments: known.args,
		context: {},
		debug: `Traceback (most recent call last):\n${known.odooName}: ${known.message}\n`,
	};
}
