import { startEryxonDouble } from '../../../packages/sandbox/src/eryxon/server.mts';

export type Json = Record<string, unknown>;

/** What an Eryxon of one version has; facts say which of these they hold for. */
export interface Profile {
	name: string;
	generation: 'generic' | 'strict';
	/** Every function starts; the newest public commit has three that do not. */
	boots: boolean;
	/** sync_hash on cells, operations and resources as well. */
	syncHash: boolean;
}

export interface Answer {
	status: number;
	body: Json;
	data: Json;
	message: string;
}

/** A running Eryxon: the double, or a real one that the caller named. Keeps account of what the facts create. */
export class Server {
	/** In front of every number, name and key: a second run on the same server finds nothing of the first. */
	readonly mark = `CT${Date.now().toString(36)}`;
	private readonly made: Array<{ path: string; id: string }> = [];
	private count = 0;

	constructor(
		readonly url: string,
		private readonly apiKey: string,
		readonly profile: Profile,
		private readonly end: () => Promise<void> = async () => undefined,
	) {}

	/** A number that no other record has. */
	name(): string {
		this.count += 1;
		return `${this.mark}-${this.count}`;
	}

	key(id = this.name()): Json {
		return { external_id: id, external_source: this.mark };
	}

	async call(method: string, path: string, body?: unknown): Promise<Answer> {
		const response = await fetch(`${this.url.replace(/\/(functions\/v1\/?)?$/, '')}/functions/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const answer = object(await response.json().catch(() => ({})));
		const data = object(answer.data);
		const [fn] = path.split(/[/?]/);
		if (method === 'POST' && response.status === 201) this.created(fn, data);
		if (method === 'PUT') this.created(fn, data);
		if (fn === 'api-erp-sync') {
			for (const [plural, entity] of Object.entries(object(data.entities))) {
				for (const { id, action } of objects(object(entity).results)) if (action === 'created') this.keep(`api-${plural}`, id);
			}
		}
		return { status: response.status, body: answer, data, message: String(object(answer.error).message ?? answer.message ?? answer.msg ?? '') };
	}

	get = async (path: string): Promise<Answer> => await this.call('GET', path);
	post = async (path: string, body: unknown): Promise<Answer> => await this.call('POST', path, body);

	/** The only row of an answer. */
	row({ data }: Answer): Json {
		return object(Object.values(data).find((value) => typeof value === 'object' && value !== null && 'id' in value));
	}

	rows({ data }: Answer): Json[] {
		return objects(Object.values(data).find(Array.isArray));
	}

	/** All columns of a record as they are stored: the answer to a change shows what lists and single reads leave out. */
	async stored(path: string, id: unknown, same: Json): Promise<Json> {
		return this.row(await this.call('PATCH', `${path}?id=${String(id)}`, same));
	}

	async job(more: Json = {}): Promise<Json> {
		return this.row(await this.post('api-jobs', { job_number: this.name(), ...this.key(), ...more }));
	}

	async part(more: Json = {}): Promise<Json> {
		const job_id = more.job_id ?? (await this.job()).id;
		return this.row(await this.post('api-parts', { part_number: this.name(), material: 'Steel', quantity: 3, ...this.key(), ...more, job_id }));
	}

	async cell(): Promise<Json> {
		return this.row(await this.post('api-cells', { name: this.name(), sequence: 900, ...this.key() }));
	}

	/** Deletes what the facts made, children first, and stops a double. */
	async close(): Promise<void> {
		for (const { path, id } of this.made.reverse()) await this.call('DELETE', `${path}?id=${id}`);
		await this.end();
	}

	private created(fn: string, data: Json): void {
		const row = this.row({ data } as Answer);
		this.keep(fn, row.id);
		for (const part of objects(row.parts)) {
			this.keep('api-parts', part.id);
			for (const operation of objects(part.operations)) this.keep('api-operations', operation.id);
		}
	}

	private keep(path: string, id: unknown): void {
		if (typeof id === 'string') this.made.push({ path, id });
	}
}

export const object = (value: unknown): Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);

interface Double {
	profile: Profile;
	dialect: 'g2' | 'g3';
	switches: Json;
}

/** What is out there, as the double plays it. */
export const DOUBLES: readonly Double[] = [
	{
		profile: { name: '0.2 to 0.9 as published', generation: 'generic', boots: false, syncHash: false },
		dialect: 'g2',
		switches: { unbootable: true, missingTimes: true, missingFunction: '500' },
	},
	{ profile: { name: '0.2 to 0.9 as hosted', generation: 'generic', boots: true, syncHash: false }, dialect: 'g2', switches: {} },
	{
		profile: { name: '0.10', generation: 'strict', boots: true, syncHash: true },
		dialect: 'g3',
		switches: { signature: 'sha256', envelope: 'old' },
	},
	{ profile: { name: '0.11', generation: 'strict', boots: true, syncHash: true }, dialect: 'g3', switches: {} },
];

export async function startDouble({ profile, dialect, switches }: Double): Promise<Server> {
	const double = await startEryxonDouble({ port: 0, dialect });
	await fetch(`${double.url}/control/switches`, { method: 'POST', body: JSON.stringify(switches) });
	return new Server(double.url, double.apiKey, profile, async () => await double.close());
}

/** What a real one has, found out without storing anything. @throws Error in plain words */
export async function profileOf(url: string, apiKey: string): Promise<Profile> {
	const ask = new Server(url, apiKey, { name: url, generation: 'generic', boots: true, syncHash: true });
	const jobs = await ask.get('api-jobs?limit=1');
	if (jobs.status !== 200) throw new Error(`${url} answers ${jobs.status} to a list of jobs: ${jobs.message}`);
	const deliveries = await ask.get('api-webhook-deliveries?limit=1');
	const parts = await ask.get('api-parts?limit=1');
	// Without a sequence no cell is stored; a missing column is noticed before that.
	const cell = await ask.call('PUT', 'api-cells/sync', { name: ask.name(), ...ask.key() });
	return {
		name: url,
		generation: deliveries.status === 200 ? 'strict' : 'generic',
		boots: parts.status !== 503,
		syncHash: !cell.message.includes('sync_hash'),
	};
}
