import { CallLog } from '../web/calls.mts';
import { noFaults, type Faults } from '../web/faults.mts';
import { administrator, Database, type Row } from './database.mts';
import { models } from './models/index.mts';
import { Orm } from './orm.mts';
import { rules } from './rules.mts';
import { seed } from './seed.mts';
import { newestVersion, type Version } from './versions.mts';

export interface Settings {
	database: string;
	username: string;
	password: string;
	apiKey: string;
	seed: number;
	version: Version;
}

export const defaultSettings: Settings = {
	database: 'sandbox',
	username: 'admin',
	password: 'admin',
	apiKey: 'sandbox-odoo-key',
	seed: 1,
	version: newestVersion,
};

/** Everything one running double holds. `reset` starts over with the same address. */
export class Site {
	readonly calls = new CallLog();
	faults: Faults = noFaults();
	/** `model:id` of records that refuse to be written, to the reason. */
	readonly refusals = new Map<string, string>();
	orm: Orm;

	constructor(readonly settings: Settings) {
		this.orm = this.fresh();
	}

	reset(newSeed?: number): void {
		if (newSeed !== undefined) this.settings.seed = newSeed;
		this.faults = noFaults();
		this.refusals.clear();
		this.calls.clear();
		const before = this.orm.db.revision;
		this.orm = this.fresh();
		// Pages compare revisions: it must not stand still or run backwards over a reset.
		this.orm.db.revision += before + 1;
	}

	/** Logins, passwords and keys: those of the settings belong to the administrator, others to users that somebody made. */
	userByLogin(login: unknown, secret: unknown): number | undefined {
		return this.users().find((user) => user.values.login === login && this.isSecretOf(user, secret))?.id;
	}

	isUser(id: unknown, secret: unknown): boolean {
		return this.users().some((user) => user.id === id && this.isSecretOf(user, secret));
	}

	/** A user that somebody made has one secret: it is password and key. */
	userByKey(key: string): number | undefined {
		if (key === this.settings.apiKey) return administrator;
		return this.users().find((user) => user.id !== administrator && user.values.password === key)?.id;
	}

	private users(): Row[] {
		return this.orm.db.rows('res.users').filter(({ values }) => values.active !== false);
	}

	private isSecretOf({ id, values }: Row, secret: unknown): boolean {
		if (typeof secret !== 'string' || secret === '') return false;
		if (id === administrator) return secret === this.settings.password || secret === this.settings.apiKey;
		return values.password === secret;
	}

	private fresh(): Orm {
		const orm = new Orm(new Database(models, () => new Date(), this.settings.version), rules);
		seed(orm, this.settings);
		return orm;
	}
}
