import fc from 'fast-check';

import { runNode } from '../../../kit/runNode.mts';
import { until } from '../../../kit/until.mts';
import { WebhookHost } from '../../../kit/webhookHost.mts';
import { Fates, goodRow, markOf } from '../../kit/hostile.mts';
import { usePlant } from '../../kit/plant.mts';
import { size } from '../../kit/scenario.mts';

const plant = usePlant();
const DAY = Date.parse('2026-01-01T00:00:00Z');
const RUNS = { numRuns: size(300, 12), interruptAfterTimeLimit: size(600_000, 40_000) };
const LIMIT_MS = size(900_000, 120_000);

type Json = Record<string, unknown>;
const names = fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'then', 'length', 'at', 'id', 'operation', '');
const anyJson = fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue()), fc.array(fc.dictionary(names, fc.jsonValue())), names);
const replaced = fc.dictionary(fc.constantFrom('orderIndex', 'at', 'operation', 'operationSummary', 'endState', 'secondaryExternalOrderId', 'more', '__proto__'), anyJson, { minKeys: 1 });

/** Makes the JSON text of a row that may be anything; its mark finds it again. */
const anyRow: fc.Arbitrary<(mark: string, at: string) => string> = fc.oneof(
	anyJson.map((value) => (mark: string) => JSON.stringify([value, mark])),
	replaced.map((fields) => (mark: string, at: string) => textOf({ ...goodRow(mark, at), ...fields, externalOrderId: mark })),
	fc.dictionary(fc.string(), anyJson).map((fields) => (mark: string) => textOf({ ...fields, externalOrderId: mark })),
);

/** Unlike with a spread, a key `__proto__` stays one. */
function textOf(row: Json): string {
	return JSON.stringify(Object.fromEntries(Object.entries(row)));
}

interface Rows {
	texts: string[];
	good: string[];
	any: string[];
}

/** A good row, then each of the others with a good one behind it; a second apart. */
function between(rows: ReadonlyArray<(mark: string, at: string) => string>): Rows {
	const made: Rows = { texts: [], good: [], any: [] };
	const add = (kind: 'G' | 'H', make: (mark: string, at: string) => string) => {
		const mark = markOf(kind, made.texts.length);
		(kind === 'G' ? made.good : made.any).push(mark);
		made.texts.push(make(mark, new Date(DAY + made.texts.length * 1_000).toISOString()));
	};
	const good = (mark: string, at: string) => JSON.stringify(goodRow(mark, at));
	add('G', good);
	for (const row of rows) {
		add('H', row);
		add('G', good);
	}
	return made;
}

const someRows = fc.array(anyRow, { minLength: 1, maxLength: 12 });

test(
	'the trigger delivers each good row, shows each other one once, and goes on',
	async () => {
		await fc.assert(
			fc.asyncProperty(someRows, fc.constantFrom('simplified', 'raw'), async (rows, output) => {
				await plant.reset();
				const { texts, good, any } = between(rows);
				await plant.completeRaw(texts, new Date(DAY));
				const host = plant.host({ startFrom: 'earliest', output });
				await host.activate();
				const fates = new Fates(host);
				await until('the last row', () => fates.read().delivered.has(good[good.length - 1]), 5_000).catch(() => undefined);
				await host.deactivate();
				expect(fates.judge(good, any)).toEqual({ lost: 0, duplicated: 0, strange: [] });
			}),
			RUNS,
		);
	},
	LIMIT_MS,
);

test(
	'a replay returns each good row once, and says so when it leaves one out',
	async () => {
		await fc.assert(
			fc.asyncProperty(someRows, async (rows) => {
				await plant.reset();
				const { texts, good, any } = between(rows);
				await plant.completeRaw(texts, new Date(DAY));
				const credential = { endpoint: plant.sandbox.endpoint, token: plant.sandbox.token };
				const parameters = { resource: 'completion', operation: 'getAll', from: new Date(DAY - 1_000).toISOString(), returnAll: true, output: 'raw', options: { idleTimeout: 0.2 } };
				const run = await runNode({ credential, parameters });
				expect(run.error).toBeUndefined();
				const found = run.json.map((item) => JSON.stringify(item));
				const times = (mark: string) => found.filter((text) => text.includes(mark)).length;
				expect(good.filter((mark) => times(mark) !== 1)).toEqual([]);
				expect(any.filter((mark) => times(mark) > 1)).toEqual([]);
				const leftOut = any.filter((mark) => times(mark) === 0);
				if (run.hints.length === 0) expect(texts.filter((text) => leftOut.some((mark) => text.includes(mark)))).toEqual([]);
			}),
			RUNS,
		);
	},
	LIMIT_MS,
);

test(
	'the webhook trigger answers whatever it is sent, and starts a run for each good row',
	async () => {
		await plant.reset();
		const host = await new WebhookHost({ endpoint: plant.sandbox.endpoint, token: plant.sandbox.token }).open();
		await host.activate();
		let number = 0;
		try {
			await fc.assert(
				fc.asyncProperty(anyRow, async (row) => {
					const at = new Date().toISOString();
					const answer = await host.call(row(markOf('H', ++number), at));
					expect(answer.status).toBeLessThan(500);
					const mark = markOf('G', ++number);
					expect((await host.call(goodRow(mark, at))).status).toBe(200);
					expect(host.items.filter(({ orderId }) => orderId === mark)).toHaveLength(1);
				}),
				{ ...RUNS, numRuns: RUNS.numRuns * 4 },
			);
		} finally {
			await host.close();
		}
	},
	LIMIT_MS,
);
