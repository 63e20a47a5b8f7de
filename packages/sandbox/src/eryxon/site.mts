import { CallLog } from '../web/calls.mts';
import { noFaults, type Faults } from '../web/faults.mts';
import { random } from '../web/random.mts';
import { Database, type Change } from './database.mts';
import { Quota } from './quota.mts';
import { seed } from './seed.mts';
import { deriveStatus } from './derive.mts';
import { eventsOf } from './webhooks/events.mts';
import { Webhooks } from './webhooks/webhooks.mts';
import { switchesOf, type Dialect, type Switches } from './switches.mts';

export interface Settings {
	dialect: Dialect;
	apiKey: string;
	seed: number;
	/** Hosts besides this machine that webhooks may reach. */
	webhookHosts: readonly string[];
}

export const defaultSettings: Settings = {
	dialect: 'g3',
	// Keys are "ery_live_" and 32 hexadecimal digits; "ery_test_" is accepted as well.
	apiKey: 'ery_live_5a4db0c5a4db0c5a4db0c5a4db0c0001',
	seed: 1,
	webhookHosts: [],
};

/** The host ended the function: what it wrote until then stays. */
export class WorkerEnded extends Error {
	constructor() {
		super('WorkerRequestCancelled: request has been cancelled by supervisor');
	}
}

/** Counts the work of one call against the limit of the host; nobody waits for it. */
class Work {
	private spentMs = 0;

	constructor(private readonly switches: () => Switches) {}

	begin(): void {
		this.spentMs = 0;
	}

	/** One record of a sync. Throws WorkerEnded when the limit is over. */
	record(): void {
		const { recordMs, workerLimitMs } = this.switches();
		this.spentMs += recordMs;
		if (workerLimitMs > 0 && this.spentMs > workerLimitMs) throw new WorkerEnded();
	}
}

/** Everything one running double holds. `reset` starts over with the same address. */
export class Site {
	readonly calls = new CallLog(5000);
	readonly quota = new Quota();
	faults: Faults = noFaults();
	switches: Switches;
	db: Database;
	readonly webhooks: Webhooks;
	readonly work = new Work(() => this.switches);

	/** A number from 0 to 1 for faults that strike at random; repeatable like everything else. */
	chance: () => number;

	constructor(readonly settings: Settings) {
		this.chance = random(settings.seed + 1);
		this.switches = switchesOf(settings.dialect);
		this.webhooks = new Webhooks(this, settings.webhookHosts);
		this.db = this.fresh();
	}

	get dialect(): Dialect {
		return this.settings.dialect;
	}

	/** Another generation over the same tables, as when a server is upgraded. All switches go to its defaults. */
	speak(dialect: Dialect): void {
		this.settings.dialect = dialect;
		this.switches = switchesOf(dialect);
		this.db.revision += 1;
	}

	reset(dialect: Dialect, newSeed: number): void {
		this.webhooks.clear();
		this.settings.dialect = dialect;
		this.settings.seed = newSeed;
		this.switches = switchesOf(dialect);
		this.faults = noFaults();
		this.chance = random(newSeed + 1);
		this.calls.clear();
		this.quota.clear();
		const before = this.db.revision;
		this.db = this.fresh();
		// Pages compare revisions: it must not stand still or run backwards over a reset.
		this.db.revision += before + 1;
	}

	/** Database triggers tell about every change since 0.11.0; before, only some functions and the browser did. */
	private changed(change: Change): void {
		if (this.dialect !== 'g3') return;
		deriveStatus(this.db, change);
		if (!this.webhooks.wanted) return;
		for (const { event, data } of eventsOf(this.db, change)) this.webhooks.emit(event, data);
	}

	private fresh(): Database {
		const db = new Database(
			() => this.settings.dialect,
			() => this.switches,
			random(this.settings.seed),
			(change) => this.changed(change),
		);
		db.quietly(() => seed(db));
		return db;
	}
}
