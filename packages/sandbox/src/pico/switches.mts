/**
 * Everything about the server that public pages leave open, contradict, or that a test wants to go wrong.
 * Each switch has its default first.
 */

interface Choice<T extends string> {
	values: readonly [T, ...T[]];
	about: string;
}
interface NumberSwitch {
	initial: number;
	max?: number;
	about: string;
	whole: boolean;
}
interface Flag {
	initial: boolean;
	about: string;
}

const choice = <const T extends readonly [string, ...string[]]>(about: string, ...values: T): Choice<T[number]> => ({
	values,
	about,
});
const count = (about: string, initial = 0): NumberSwitch => ({ initial, about, whole: true });
const flag = (about: string): Flag => ({ initial: false, about });

export const definitions = {
	profile: choice('schema version served', 'current', 'mixed', 'legacy'),
	paths: choice('where GraphQL is served, other paths answer 404', 'both', '/graph/v2', '/graphql'),
	saveExisting: choice('answer to a second save with the same key', 'updated', 'error', 'created'),
	extraSaveFields: flag('save also takes reservedSerialNumber and secondaryExternalOrderId'),
	streamShape: choice('a stream event is a list of rows or one row', 'list', 'object'),
	streamCursor: choice('whether streams take a cursor; without one they send nothing of the past', 'on', 'off'),
	batchSize: choice('whether streams keep to the batchSize that they are given', 'honored', 'ignored'),
	cursorInclusive: flag('a cursor also returns rows at exactly its value'),
	replayOnPlainSubscribe: flag('a stream without a cursor first sends what exists'),
	emitChildCompletions: flag('completed child orders are sent too (wip in legacy)'),
	duplicateRate: { initial: 0, max: 1, about: 'share of rows that is delivered twice', whole: false } as NumberSwitch,
	reorder: choice(
		'late: every second event is committed after the next one; late-hidden: open streams never show it',
		'off',
		'late',
		'late-hidden',
	),
	noteUpdates: choice('an updated note is a new event, or keeps its seq and at', 'new-event', 'same-seq'),
	delayMs: count('time from an event to its delivery on open streams'),
	unresolvedRow: choice(
		'what becomes of a frame with a row that cannot be resolved: data is null, as in gqlgen, or the field alone',
		'null-frame',
		'null-field',
	),
	dateHeader: choice('the Date header of answers: by the machine, by the clock of the plant, none', 'machine', 'plant', 'none'),
	timePrecision: choice('decimals of every timestamp', 'ms', 'us', 'ns'),
	sseKeepalive: choice('what a quiet SSE stream sends', 'comment-12s', 'ping', 'none'),
	sseKeepaliveMs: count('interval of the keepalive', 12_000),
	sseComplete: choice('the final complete event carries an empty data line or none', 'with-data', 'without-data'),
	errorStatus: choice('HTTP status of parse and validation errors', '422', '200', '400'),
	authFailure: choice('HTTP status when the token is missing or wrong', '401', '200', '403'),
	wsAuth: choice('where a WebSocket must carry the token', 'either', 'header', 'payload'),
	introspection: choice('whether the schema may be read', 'on', 'off'),
	webhookDuplicate: choice('webhookSubscribe with a known id', 'replace', 'error'),
	webhookReconnectMs: count('how long webhooks miss events after a cut', 5_000),
	webhookTimeoutMs: count('how long a webhook delivery may take', 10_000),
	latencyMs: count('added before every GraphQL answer'),
	cutAfterEvents: count('fault: cut each stream connection after n events (0 = off)'),
	truncateAfterEvents: count('fault: break each SSE connection in the middle of the frame after n events'),
	stallAfterEvents: count('fault: after n events a stream stays open but sends nothing more, not even keepalives'),
	slowBytesPerSecond: count('fault: trickle GraphQL answers and streams at this rate'),
	burst503: count('fault: the next n GraphQL requests answer 503'),
	retryAfter: count('seconds in the Retry-After header of those (0 = no header)'),
	htmlErrorPage: count('fault: the next n GraphQL requests answer 502 with an HTML page'),
	partialErrors: flag('fault: query answers carry an error beside data with a hole'),
	commitThenTimeout: count('fault: the next n saves are committed but never answered'),
};

type Definitions = typeof definitions;
export type SwitchName = keyof Definitions;
export type Switches = {
	[K in SwitchName]: Definitions[K] extends Choice<infer T> ? T : Definitions[K] extends Flag ? boolean : number;
};

const ALIASES: Record<string, Record<string, string>> = {
	sseKeepalive: { comment: 'comment-12s' },
	introspection: { true: 'on', false: 'off' },
	reorder: { false: 'off', true: 'late' },
};

function initialOf(name: SwitchName): string | number | boolean {
	const definition = definitions[name];
	return 'values' in definition ? definition.values[0] : definition.initial;
}

/** All switches at their defaults. */
export function defaultSwitches(): Switches {
	const names = Object.keys(definitions) as SwitchName[];
	return Object.fromEntries(names.map((name) => [name, initialOf(name)])) as Switches;
}

function readOne(name: SwitchName, value: unknown): string | number | boolean {
	const definition = definitions[name];
	const text = String(value);
	if ('values' in definition) {
		const wanted = ALIASES[name]?.[text] ?? text;
		const values: readonly string[] = definition.values;
		if (!values.includes(wanted)) throw new Error(`Switch ${name}: "${text}" is none of ${values.join(', ')}`);
		return wanted;
	}
	if ('whole' in definition) {
		const number = typeof value === 'number' ? value : text.trim() === '' ? Number.NaN : Number(text);
		const max = definition.max ?? Number.MAX_SAFE_INTEGER;
		const fits = number >= 0 && number <= max && (!definition.whole || Number.isInteger(number));
		if (!fits) throw new Error(`Switch ${name}: "${text}" is not a ${definition.whole ? 'whole ' : ''}number from 0`);
		return number;
	}
	if (text !== 'true' && text !== 'false') throw new Error(`Switch ${name}: "${text}" is neither true nor false`);
	return text === 'true';
}

/** Checks a set of switch values (JSON or command-line text); throws one readable error for the first bad one. */
export function readSwitches(input: Record<string, unknown>): Partial<Switches> {
	const read: Record<string, string | number | boolean> = {};
	for (const [name, value] of Object.entries(input)) {
		if (!Object.hasOwn(definitions, name)) throw new Error(`There is no switch "${name}"`);
		read[name] = readOne(name as SwitchName, value);
	}
	return read as Partial<Switches>;
}
