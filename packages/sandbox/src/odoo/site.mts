import { CallLog } from '../web/calls.mts';
import { noFaults, type Faults } from '../web/faults.mts';
import { Database } from './database.mts';
import { models } from './models/index.mts';
import { Orm } from './orm.mts';
import type { ComponentSerials } from './production-buttons.mts';
import { rules } from './rules.mts';
import { seed } from './seed.mts';

export interface Settings {
	database: string;
	username: string;
	password: string;
	apiKey: string;
	seed: number;
	componentSerials: ComponentSerials;
}

export const defaultSettings: Settings = {
	database: 'sandbox',
	username: 'admin',
	password: 'admin',
	apiKey: 'sandbox-odoo-key',
	seed: 1,
	componentSerials: 'optional',
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
		this.settings.componentSerials = defaultSettings.componentSerials;
		this.faults = noFaults();
		this.refusals.clear();
		this.calls.clear();
		const before = this.orm.db.revision;
		this.orm = this.fresh();
		// Pages compare revisions: it must not stand still or run backwards over a reset.
		this.orm.db.revision += before + 1;
	}

	private fresh(): Orm {
		const orm = new Orm(new Database(models, () => new Date()), rules);
		seed(orm, this.settings.seed);
		return orm;
	}
}
