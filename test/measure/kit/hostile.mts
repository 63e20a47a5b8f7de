import type { TriggerHost } from '../../kit/triggerHost.mts';
import type { Random } from './random.mts';

const ABOUT_TIMES = /time that cannot be read|ahead of Pico's clock/;

type Json = Record<string, unknown>;

/** What finds a row again, wherever it ends up: `GX` for good rows, `HX` for hostile ones. */
const MARK = /[GH]X\d{6}/g;
export const markOf = (kind: 'G' | 'H', number: number) => `${kind}X${String(number).padStart(6, '0')}`;

/** A completion as Pico sends it. */
export function goodRow(mark: string, at: string): Json {
	return {
		externalOrderId: mark,
		orderIndex: 0,
		at,
		operation: { id: 'op-pump', externalId: 'PUMP-100', externalRevision: 'B', name: 'Coolant Pump' },
		operationSummary: { startedAt: at, cycleTime: 0.01, consumedSerials: [{ id: 'attr-1', externalId: 'MOTOR-110', value: 'M-1' }] },
		endState: { producedSerial: `SN-${mark}` },
		reservedSerialNumber: null,
		secondaryExternalOrderId: null,
	};
}

const DEEP = `${'{"deep":'.repeat(6_000)}1${'}'.repeat(6_000)}`;
const NAMES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'prototype'];
const NO_TIMES = ['yesterday', '', 0, -1, 1e21, true, [], {}, '2026-13-45T99:00:00Z', '0000-00-00T00:00:00Z', '2026-01-01T00:00:00', ' '];
const LOOK_ALIKES = ['МО-1', 'ＭＯ－1', 'MO\u200b1', '\u202eMO-1', 'MO\u20281', '\ufeffMO-1', 'e\u0301', '🏭'];

const serial = (externalId: unknown, value: unknown = 'M-1') => ({ id: 'attr-1', externalId, value });
const summary = (row: Json, consumedSerials: unknown) => ({ ...row, operationSummary: { ...(row.operationSummary as Json), consumedSerials } });

/** Each answers the JSON text of a row that is wrong in one way; the mark stays in it. */
export const HOSTILE: Record<string, (row: Json, mark: string, random: Random) => string> = {
	'part called like a member of every object': (row, _, random) => JSON.stringify(summary(row, [serial(random.pick(NAMES)), serial(random.pick(NAMES))])),
	'product called like a member of every object': (row, _, random) => JSON.stringify({ ...row, operation: { id: random.pick(NAMES), externalId: random.pick(NAMES), name: random.pick(NAMES) } }),
	'key __proto__': (row) => JSON.stringify(row).replace('{', '{"__proto__":{"polluted":true,"at":null},'),
	'objects that cannot become text': (row) => JSON.stringify({ ...row, operation: { id: { toString: 1, valueOf: 2 }, externalId: { toString: null } } }),
	'numbers for text': (row) => JSON.stringify({ ...row, orderIndex: '7', operation: { id: 5, externalId: 6.5, externalRevision: -0, name: 1e308 } }),
	'lists for objects': (row) => JSON.stringify({ ...row, operation: [row.operation], operationSummary: [row.operationSummary] }),
	'objects for lists': (row) => JSON.stringify(summary(row, { 0: serial('MOTOR-110'), length: 4_294_967_295 })),
	'text for objects': (row) => JSON.stringify({ ...row, operation: 'op-pump', operationSummary: '', endState: 7 }),
	'no identity': (row) => JSON.stringify({ ...row, externalOrderId: null, orderIndex: null, operation: null }),
	'nothing that tells it from others': (_, mark) => JSON.stringify({ secondaryExternalOrderId: mark }),
	'a huge text': (row, _, random) => JSON.stringify({ ...row, secondaryExternalOrderId: random.chance(0.1) ? 'x'.repeat(1_000_000) : 'x'.repeat(20_000) }),
	'a huge list': (row) => JSON.stringify(summary(row, Array.from({ length: 2_000 }, (_, index) => serial(`P-${index}`)))),
	'lone surrogates': (row) => JSON.stringify({ ...row, secondaryExternalOrderId: '\ud800', operation: { id: '\udfff', name: 'a\ud83d' } }),
	'NUL and control characters': (row) => JSON.stringify({ ...row, secondaryExternalOrderId: '\0\u0001\u001b[31m\r\n', operation: { id: '\0', externalId: '\u0000PUMP' } }),
	'no time': (row) => JSON.stringify({ ...row, at: undefined }),
	'a time that is none': (row, _, random) => JSON.stringify({ ...row, at: random.pick(NO_TIMES) }),
	'lists in lists': (row) => JSON.stringify([[[row]]]),
	'booleans for ids': (row) => JSON.stringify({ ...row, orderIndex: true, operation: { id: false, externalId: true } }),
	'look-alikes': (row, mark, random) => JSON.stringify({ ...row, externalOrderId: `${random.pick(LOOK_ALIKES)}${mark}`, operation: { id: random.pick(LOOK_ALIKES) } }),
	'a strange unit': (row, _, random) => JSON.stringify({ ...row, orderIndex: random.pick([-1, 1e308, 2 ** 53, 0.5, -0, 4_294_967_296]) }),
	'nested 6,000 deep': (row) => JSON.stringify({ ...row, operationSummary: 'DEEP' }).replace('"DEEP"', DEEP),
	'nested 6,000 deep in the identity': (row) => JSON.stringify({ ...row, at: null, operationSummary: { startedAt: 'DEEP' } }).replace('"DEEP"', DEEP),
	'no objects in a list of them': (row) => JSON.stringify(summary(row, [null, 5, 'x', [], serial({}), serial('P', { a: 1 })])),
	'fields of the item': (row) => JSON.stringify({ ...row, eventId: 'x', delivery: { attempt: 99 }, line: 'x', json: {}, pairedItem: -1, binary: 'x', toJSON: 'x', then: 'x' }),
	'a text': (_, mark) => JSON.stringify(mark),
	'nothing but an order': (_, mark) => JSON.stringify({ externalOrderId: mark }),
};

/** How often each marked row was delivered, and how many failed executions hold it. */
export class Fates {
	readonly delivered = new Map<string, number>();
	readonly failed = new Map<string, number>();
	/** Failed executions that tell of the time of an event, which is delivered all the same. */
	aboutTimes = 0;
	private runs = 0;
	private failures = 0;

	constructor(private readonly host: Pick<TriggerHost, 'runs' | 'failedExecutions'>) {}

	/** Takes in what happened since the last time. */
	read(): this {
		const { runs, failedExecutions } = this.host;
		// A run counts once: with one item for each serial several of its items are about one row.
		for (; this.runs < runs.length; this.runs++) count(this.delivered, marksIn(runs[this.runs].items));
		for (; this.failures < failedExecutions.length; this.failures++) {
			const { message, description } = failedExecutions[this.failures] as Error & { description?: unknown };
			if (ABOUT_TIMES.test(message)) this.aboutTimes++;
			else count(this.failed, marksIn([message, description]));
		}
		return this;
	}

	/** Good rows come exactly once; hostile ones come once, or are held by exactly one failed execution. */
	judge(good: readonly string[], hostile: readonly string[]): { lost: number; duplicated: number; strange: string[] } {
		const { delivered, failed } = this.read();
		const times = (mark: string) => (delivered.get(mark) ?? 0) + (failed.get(mark) ?? 0);
		return {
			lost: good.filter((mark) => !delivered.has(mark)).length + hostile.filter((mark) => times(mark) === 0).length,
			duplicated: [...good, ...hostile].reduce((sum, mark) => sum + Math.max(0, times(mark) - 1), 0),
			strange: [...good, ...hostile].filter((mark) => times(mark) !== 1 || (mark.startsWith('G') && failed.has(mark))),
		};
	}
}

function count(counts: Map<string, number>, marks: Set<string>): void {
	for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
}

/** Without recursion: what is searched may be nested deeper than a stack. */
function marksIn(value: unknown): Set<string> {
	const found = new Set<string>();
	const left: unknown[] = [value];
	while (left.length > 0) {
		const next = left.pop();
		if (typeof next === 'string') for (const [mark] of next.matchAll(MARK)) found.add(mark);
		else if (typeof next === 'object' && next !== null) for (const [key, inner] of Object.entries(next)) left.push(key, inner);
	}
	return found;
}
