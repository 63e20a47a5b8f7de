export interface OdooKey {
	version: number;
	db: string;
	/** Number of the user, as Odoo's own addresses show it. */
	uid: number;
	key: string;
}

/**
 * What a person enters into the credential "Custom Auth" for the Odoo templates, as the guide says it. From 19 on the key
 * travels in a header. Before, Odoo wants it inside of each call: the credential puts it there, so that it stands in no
 * workflow and in no execution.
 */
export function odooSignature({ version, db, uid, key }: OdooKey): string {
	if (version >= 19) return JSON.stringify({ headers: { Authorization: `bearer ${key}`, 'X-Odoo-Database': db } });
	return `={{ JSON.stringify({ body: { params: { service: 'object', method: 'execute_kw', args: ['${db}', ${uid}, '${key}', ...$parameter.jsonBody.params.args] } } }) }}`;
}
