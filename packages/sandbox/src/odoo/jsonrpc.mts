import { isObject, type JsonObject } from '../web/http.mts';
import { accessDenied, attributeError, errorBody, OdooError } from './errors.mts';
import { callMethod } from './methods.mts';
import type { Values } from './orm.mts';
import type { Site } from './site.mts';

export interface RpcAnswer {
	body: JsonObject;
	/** e.g. `mrp.production.write`, for the call log. */
	what: string;
	error?: string;
}

/** Odoo's JSON-RPC endpoint: errors arrive inside HTTP 200. Knows the services `common` and `object`. */
export function handleJsonRpc(site: Site, request: unknown): RpcAnswer {
	const id = isObject(request) ? (request.id ?? null) : null;
	const params = isObject(request) && isObject(request.params) ? request.params : {};
	const args: unknown[] = Array.isArray(params.args) ? params.args : [];
	const what = describe(params, args);
	try {
		return { body: { jsonrpc: '2.0', id, result: dispatch(site, params, args) ?? null }, what };
	} catch (error) {
		const data = errorBody(error);
		return {
			body: { jsonrpc: '2.0', id, error: { code: site.settings.version < 19 ? 200 : 0, message: 'Odoo Server Error', data } },
			what,
			error: data.message,
		};
	}
}

function describe(params: JsonObject, args: readonly unknown[]): string {
	if (params.service === 'object') return `${String(args[3])}.${String(args[4])}`;
	return `${String(params.service)}.${String(params.method)}`;
}

function dispatch(site: Site, params: JsonObject, args: readonly unknown[]): unknown {
	if (params.service === 'common') return common(site, String(params.method), args);
	if (params.service === 'object') return object(site, String(params.method), args);
	throw attributeError(`Unknown service ${JSON.stringify(params.service)}`);
}

function common(site: Site, method: string, args: readonly unknown[]): unknown {
	switch (method) {
		case 'version':
			return {
				server_version: `${site.settings.version}.0`,
				server_version_info: [site.settings.version, 0, 0, 'final', 0, ''],
				server_serie: `${site.settings.version}.0`,
				protocol_version: 1,
			};
		case 'login':
		case 'authenticate': {
			const [database, login, password] = args;
			checkDatabase(site, database);
			// A wrong password is not an error here: Odoo answers false, and the next call is denied.
			return site.userByLogin(login, password) ?? false;
		}
		default:
			throw attributeError(`Method not found: ${method}`);
	}
}

function object(site: Site, method: string, args: readonly unknown[]): unknown {
	const [database, uid, password, model, name, ...rest] = args;
	checkDatabase(site, database);
	if (!site.isUser(uid, password)) throw accessDenied();
	const shared = {
		model: String(model),
		method: String(name),
		via: 'jsonrpc',
		refusals: site.refusals,
		user: Number(uid),
	};
	if (method === 'execute') return callMethod(site.orm, { ...shared, args: rest, kwargs: {} });
	if (method === 'execute_kw') {
		const [positional, kwargs] = rest;
		const args = Array.isArray(positional) ? positional : [];
		// Up to 18 the values of a create have no name.
		if (site.settings.version < 19 && name === 'create' && args.length === 0) throw new OdooError('builtins.IndexError', 'tuple index out of range', 200);
		return callMethod(site.orm, { ...shared, args, kwargs: isObject(kwargs) ? (kwargs as Values) : {} });
	}
	throw attributeError(`Method not available ${method}`);
}

function checkDatabase(site: Site, database: unknown): void {
	if (database === site.settings.database) return;
	throw new OdooError('psycopg2.OperationalError', `FATAL:  database "${String(database)}" does not exist\n`, 500);
}
