/**
 * Everything in which deployed versions of Eryxon differ, and what a test wants to go wrong.
 * The default of a switch depends on the dialect:
 * g1 = the contract of the documentation of December 2025 and January 2026 (hand-written handlers),
 * g2 = the shared CRUD builder of January to August 2026 (up to 0.8.5),
 * g3 = 0.10.0 and later (writable fields, checked parents, new webhook format).
 */
export const dialects = ['g1', 'g2', 'g3'] as const;
export type Dialect = (typeof dialects)[number];

type Defaults<T> = Readonly<Record<Dialect, T>>;
interface Choice<T extends string> {
	about: string;
	values: readonly T[];
	initial: Defaults<T>;
}
interface NumberSwitch {
	about: string;
	whole: boolean;
	max: number;
	initial: Defaults<number>;
}
interface Flag {
	about: string;
	flag: true;
	initial: Defaults<boolean>;
}

const same = <T,>(value: T): Defaults<T> => ({ g1: value, g2: value, g3: value });
const by = <T,>(g1: T, g2: T, g3: T): Defaults<T> => ({ g1, g2, g3 });
const choice = <const T extends string>(
	about: string,
	values: readonly T[],
	initial: Defaults<NoInfer<T>>,
): Choice<T> => ({
	about,
	values,
	initial,
});
const count = (about: string, initial = 0): NumberSwitch => ({
	about,
	whole: true,
	max: Number.MAX_SAFE_INTEGER,
	initial: same(initial),
});
const flag = (about: string, initial: Defaults<boolean> = same(false)): Flag => ({ about, flag: true, initial });

export const definitions = {
	bulkAnswer: choice(
		'bulk-sync answers one result per record, or counters and a list of errors',
		['records', 'counters'],
		by('records', 'counters', 'counters'),
	),
	syncAnswer: choice(
		'a single sync answers {action, id, external_id} as documented, or the whole row',
		['documented', 'row'],
		by('documented', 'row', 'row'),
	),
	silentBulkFailures: flag('bulk-sync counts what the database refused as created or updated', by(false, true, false)),
	raceNext: count(
		'fault: the next n creates by sync lose against another call with the same key (500), whose row stays',
	),
	missingSyncHash: flag(
		'tables lack sync_hash: resources (g1) or operations, cells and resources cannot be synced (every public schema of g2)',
		by(false, true, false),
	),
	missingTimes: flag(
		'operations lack started_at and completed_at, as on a database made from the public migrations: their list and their lifecycle fail',
	),
	unbootable: flag('api-parts, api-batches and api-issues never start (503 BOOT_ERROR), as at the newest public commit'),
	missingFunction: choice(
		'a function that is not deployed: 404 of the hosted platform, or 500 of Supabase in Docker',
		['404', '500'],
		same('404'),
	),
	recordMs: count('work for each record of a sync in milliseconds, counted and not waited for'),
	workerLimitMs: count('the host ends a call whose work takes longer and answers 500; what it stored stays (0 = no limit)'),
	unknownFields: choice(
		'a field that is no column is ignored, a database error (500) or refused (400)',
		['ignore', '500', '400'],
		by('ignore', '500', '400'),
	),
	parentChecks: flag(
		'parent ids are checked before writing (400); else the database refuses (500)',
		by(false, false, true),
	),
	priorityColumn: flag('the jobs table has a priority column', by(true, false, false)),
	deletes: choice(
		'delete removes the row or sets deleted_at; cells are always removed, resources of g1 never',
		['hard', 'soft'],
		by('hard', 'soft', 'soft'),
	),
	deletedKeys: choice('unique keys of soft-deleted rows stay taken or become free', ['taken', 'free'], same('taken')),
	partNumbers: choice('a part number is unique in the workshop or in its job', ['workshop', 'job'], same('workshop')),
	unpagedModifiers: flag(
		'time entries, quantities, scrap reasons, templates and webhook logs ignore paging and fail with ?id=',
		by(false, true, false),
	),
	authErrors: choice('HTTP status of a refused key', ['401', '500'], by('500', '401', '401')),
	databaseErrors: choice('a 500 carries the text of the database or a general one', ['text', 'general'], same('text')),
	jobLifecycle: flag('api-job-lifecycle is deployed', by(true, true, false)),
	sequentialRelease: flag('an operation starts only when the earlier ones of its part are completed'),
	plan: choice(
		'requests in 24 hours: unlimited, 100, 1,000 or 10,000',
		['enterprise', 'free', 'pro', 'premium'],
		same('enterprise'),
	),
	dailyQuota: count('requests in 24 hours, instead of the number of the plan (0 = by plan)'),
	jobLimit: count('POST of a job beyond this number answers 402 (0 = no limit)'),
	partLimit: count('POST of a part beyond this number answers 402 (0 = no limit)'),
	latencyMs: count('added before every API answer'),
	next429: count('fault: the next n API requests answer 429'),
	retryAfter: count('seconds in the Retry-After header of those', 1),
	bootFailure: count('fault: the next n API requests answer 503 with the body of the function host'),
	htmlErrorPage: count('fault: the next n API requests answer 502 with an HTML page'),
	gateway401: flag('fault: the gateway in front demands a session token and answers 401 with its own body'),
	errorRate: {
		about: 'fault: share of API requests that answer 500',
		whole: false,
		max: 1,
		initial: same(0),
	} as NumberSwitch,
	firstWebhooks: flag('g1 only: the webhooks table fits the handler, so that a webhook for one event can be made'),
	signature: choice(
		'X-Eryxon-Signature: sha256=<hex> or t=<unix seconds>,v1=<hex>',
		['sha256', 'timestamped'],
		by('sha256', 'sha256', 'timestamped'),
	),
	envelope: choice(
		'webhook body {event, timestamp, data} or {id, event, occurred_at, tenant_id, data}',
		['old', 'new'],
		by('old', 'old', 'new'),
	),
	badSignature: count('fault: the next n webhook deliveries are signed with another secret'),
	staleSeconds: count('fault: the timestamp in the signature lies this many seconds in the past'),
	duplicateDeliveries: flag('fault: every event is delivered twice, with the same event id'),
	webhookRetryMs: count('wait before the second attempt of a delivery, doubled each time', 500),
	webhookTimeoutMs: count('how long one attempt may take', 10_000),
	disableAfter: count('failed deliveries in a row that disable a webhook (g3)', 25),
	httpsOnly: flag('webhook addresses must be https, as a real g3 server demands'),
	privateTargets: flag('webhooks may go to this machine (g3: WEBHOOK_ALLOW_PRIVATE_TARGETS)', same(true)),
};

type Definitions = typeof definitions;
export type SwitchName = keyof Definitions;
export type Switches = {
	[K in SwitchName]: Definitions[K] extends Choice<infer T> ? T : Definitions[K] extends Flag ? boolean : number;
};

/** All switches as a server of this generation has them. */
export function switchesOf(dialect: Dialect): Switches {
	const values = Object.entries(definitions).map(([name, definition]) => [name, definition.initial[dialect]]);
	return Object.fromEntries(values) as Switches;
}

export function readDialect(value: unknown): Dialect {
	const dialect = dialects.find((each) => each === value);
	if (!dialect) throw new Error(`dialect must be one of ${dialects.join(', ')}`);
	return dialect;
}

function readOne(name: SwitchName, value: unknown): string | number | boolean {
	const definition = definitions[name];
	const text = String(value);
	if ('values' in definition) {
		const values: readonly string[] = definition.values;
		if (!values.includes(text)) throw new Error(`Switch ${name}: "${text}" is none of ${values.join(', ')}`);
		return text;
	}
	if ('whole' in definition) {
		const number = typeof value === 'number' ? value : text.trim() === '' ? Number.NaN : Number(text);
		const fits = number >= 0 && number <= definition.max && (!definition.whole || Number.isInteger(number));
		if (!fits) throw new Error(`Switch ${name}: "${text}" is not a ${definition.whole ? 'whole ' : ''}number from 0`);
		return number;
	}
	if (text !== 'true' && text !== 'false') throw new Error(`Switch ${name}: "${text}" is neither true nor false`);
	return text === 'true';
}

/** Checks a set of switch values; throws one readable error for the first bad one. */
export function readSwitches(input: Record<string, unknown>): Partial<Switches> {
	const read: Record<string, string | number | boolean> = {};
	for (const [name, value] of Object.entries(input)) {
		if (!Object.hasOwn(definitions, name)) throw new Error(`There is no switch "${name}"`);
		read[name] = readOne(name as SwitchName, value);
	}
	return read as Partial<Switches>;
}
