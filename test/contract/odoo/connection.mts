export type Json = Record<string, unknown>;

/** Where an Odoo is and how to log in. `apiKey` is needed for JSON-2 (19 and newer), either secret for JSON-RPC. */
export interface Access {
	url: string;
	db: string;
	login: string;
	apiKey?: string;
	password?: string;
}

/** Odoo said no. `status` is 200 for JSON-RPC, which puts its errors into good answers. */
export class Refused extends Error {
	constructor(
		readonly status: number,
		readonly odooName: string,
		message: string,
	) {
		super(message);
	}
}

export interface Call {
	ids?: readonly number[];
	context?: Json;
	[parameter: string]: unknown;
}

interface RpcAnswer {
	result?: unknown;
	error?: { code: number; message: string; data: { name: string; message: string } };
}

/** An Odoo, real or not, as any client sees it. Calls go over JSON-2 where there is one, else over JSON-RPC. */
export class Odoo {
	private constructor(
		readonly access: Access,
		/** 17, 18, 19 … */
		readonly version: number,
		readonly uid: number,
		/** Ids of the companies that are ticked in Odoo's menu; all of the user where nothing is said. */
		private readonly companies?: readonly number[],
	) {}

	/** @throws Error in plain words when there is no Odoo, or the login is wrong */
	static async connect(access: Access): Promise<Odoo> {
		const url = access.url.replace(/\/+$/, '');
		const version = (await rpc(url, 'common', 'version', [])).result as { server_version_info: unknown[] } | undefined;
		if (!version) throw new Error(`No Odoo answers at ${url}`);
		const secret = access.password ?? access.apiKey;
		const { result: uid, error } = await rpc(url, 'common', 'login', [access.db, access.login, secret]);
		if (typeof uid !== 'number') {
			throw new Error(`${url} does not let ${access.login} in${error ? `: ${error.data.message}` : ' (login or secret is wrong)'}`);
		}
		return new Odoo({ ...access, url }, Number(version.server_version_info[0]), uid);
	}

	/** The same user with one company ticked in Odoo's menu. */
	inCompany(company: number): Odoo {
		return new Odoo(this.access, this.version, this.uid, [company]);
	}

	/** One method, parameters by name. @throws Refused */
	async call<T = unknown>(model: string, method: string, { ids, context: more, ...parameters }: Call = {}): Promise<T> {
		const context = this.companies ? { allowed_company_ids: this.companies, ...more } : more;
		if (this.version < 19 || this.access.apiKey === undefined) {
			const { vals_list, ...named } = parameters;
			// `create` wants its list by position, whatever the documentation of the ORM calls it.
			const args = [...(ids ? [ids] : []), ...(vals_list === undefined ? [] : [vals_list])];
			const answer = await this.rpc(model, method, args, context ? { ...named, context } : named);
			if (answer.error) throw new Refused(200, answer.error.data.name, answer.error.data.message);
			return answer.result as T;
		}
		const { status, body } = await this.json2(`${model}/${method}`, { ...(ids ? { ids } : {}), ...parameters, ...(context ? { context } : {}) });
		const error = body as { name?: string; message?: string };
		if (status !== 200) throw new Refused(status, error?.name ?? '', error?.message ?? '');
		return body as T;
	}

	/** The whole answer of `execute_kw`. */
	async rpc(model: string, method: string, args: readonly unknown[], kwargs: Json = {}): Promise<RpcAnswer> {
		const { url, db, password, apiKey } = this.access;
		return await rpc(url, 'object', 'execute_kw', [db, this.uid, password ?? apiKey, model, method, args, kwargs]);
	}

	/** The whole answer of JSON-2; a body that is no JSON is left as text. */
	async json2(path: string, body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
		const { url, db, apiKey } = this.access;
		const response = await fetch(`${url}/json/2/${path}`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				authorization: `bearer ${apiKey}`,
				'x-odoo-database': db,
				...headers,
			},
			body: JSON.stringify(body),
		});
		const text = await response.text();
		try {
			return { status: response.status, body: JSON.parse(text) as unknown };
		} catch {
			return { status: response.status, body: text };
		}
	}

	async create(model: string, values: Json, context?: Json): Promise<number> {
		const ids = await this.call<number | number[]>(model, 'create', { vals_list: [values], ...(context ? { context } : {}) });
		return [ids].flat()[0];
	}

	async write(model: string, id: number, vals: Json): Promise<void> {
		await this.call(model, 'write', { ids: [id], vals });
	}

	async find<T = Json>(model: string, domain: unknown[], fields: readonly string[], more: Call = {}): Promise<Array<T & { id: number }>> {
		return await this.call(model, 'search_read', { domain, fields, order: 'id', ...more });
	}

	async read<T = Json>(model: string, id: number, fields: readonly string[]): Promise<T> {
		return (await this.call<T[]>(model, 'read', { ids: [id], fields }))[0];
	}

	/** The id behind a name such as `mrp.group_mrp_user`, undefined where this Odoo has none. */
	async ref(xmlId: string): Promise<number | undefined> {
		const [module, name] = xmlId.split('.');
		const [found] = await this.find<{ res_id: number }>('ir.model.data', [['module', '=', module], ['name', '=', name]], ['res_id']);
		return found?.res_id;
	}
}

/** Asks `/jsonrpc`. @throws Error when the answer is not JSON with status 200 */
export async function rpc(url: string, service: string, method: string, args: readonly unknown[]): Promise<RpcAnswer> {
	const response = await fetch(`${url}/jsonrpc`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } }),
	});
	if (response.status !== 200) throw new Error(`${url}/jsonrpc answers ${response.status}`);
	return (await response.json()) as RpcAnswer;
}
