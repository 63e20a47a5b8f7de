import { isObject, type JsonObject, type Request } from '../web/http.mts';
import { errorBody, OdooError, typeError } from './errors.mts';
import { callMethod } from './methods.mts';
import type { Site } from './site.mts';

export interface Json2Answer {
	status: number;
	body: unknown;
	error?: string;
}

/** `/json/2/<model>/<method>` of Odoo 19 and later: named parameters in, the bare result or an HTTP error out. */
export function handleJson2(site: Site, request: Request, path: string, body: unknown): Json2Answer {
	try {
		const user = authenticated(site, request);
		const [model = '', method = ''] = path.split('/').map(decodeURIComponent);
		if (!isObject(body)) throw typeError('The request body must be a JSON object');
		const { ids, context, ...kwargs } = body;
		const result = callMethod(site.orm, {
			model,
			method,
			ids,
			args: [],
			kwargs: withContext(kwargs, context),
			via: 'json2',
			refusals: site.refusals,
			user,
		});
		// A created record is answered as a list of ids, whatever vals_list was.
		return { status: 200, body: method === 'create' ? [result].flat() : result };
	} catch (error) {
		const answer = errorBody(error);
		return { status: error instanceof OdooError ? error.status : 500, body: answer, error: answer.message };
	}
}

const withContext = (kwargs: JsonObject, context: unknown): JsonObject =>
	context === undefined ? kwargs : { ...kwargs, context };

/** @throws OdooError (401) unless the key is that of a user */
function authenticated(site: Site, request: Request): number {
	const [scheme, key] = (request.headers.authorization ?? '').split(' ');
	const user = scheme?.toLowerCase() === 'bearer' && key ? site.userByKey(key) : undefined;
	if (user !== undefined) return user;
	const message = key
		? 'Invalid apikey'
		: 'User not authenticated, use an API Key with a Bearer Authorization header.';
	throw new OdooError('werkzeug.exceptions.Unauthorized', message, 401, [message, 401]);
}

/** The header that names the database may be left out where the server holds a single one. */
export const isOtherDatabase = (site: Site, request: Request): boolean => {
	const database = request.headers['x-odoo-database'];
	return database !== undefined && database !== site.settings.database;
};
