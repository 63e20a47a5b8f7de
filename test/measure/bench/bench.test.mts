import { barsOf, CountError, ratioRow, sameCount, tableOf, targetOf, valueRow, withLater, type Report } from './report.mts';

const report: Report = { at: '2026-01-04T10:00:00.000Z', machine: { cpus: 2, model: 'x', system: 'x' }, load: [1], node: '24', runner: '20', n8n: '2', seconds: 60, quick: false, rows: [], failures: [] };

test('a later run of a part takes the place of its lines and failures only, and the report says so', () => {
	const line = (measurement: string, result: number) => ({ measurement, ...valueRow({ what: '', unit: 's', ours: [result] }) });
	const kept = { ...report, rows: [line('replay', 1), line('save', 2)], failures: [{ name: 'state', reason: 'late' }] };
	const later = { ...report, at: '2026-01-05T10:00:00.000Z', rows: [line('state', 3), line('save', 4)] };
	const joined = withLater(kept, later, ['replay', 'state', 'save']);
	expect(joined.rows.map(({ measurement, result }) => [measurement, result])).toEqual([['replay', 1], ['state', 3], ['save', 4]]);
	expect(joined.failures).toEqual([]);
	expect(joined.at).toBe(kept.at);
	const again = withLater(joined, { ...later, at: '2026-01-06T10:00:00.000Z', rows: [line('save', 5)] }, ['replay', 'state', 'save']);
	expect(again.later?.map(({ name, at }) => [name, at.slice(0, 10)])).toEqual([['state', '2026-01-05'], ['save', '2026-01-06']]);
	expect(tableOf(again)).toContain('The lines of `save` are from a later run, 2026-01-06 10:00 UTC');
});

describe('a line of the table', () => {
	it('gives the median of the ratios of neighbouring runs, not the ratio of the medians', () => {
		const row = ratioRow({ what: '', unit: 'ms', ours: [1, 20, 300], peer: [1, 10, 300], peerName: 'peer', atMost: 1.05 });
		expect(row).toMatchObject({ result: 1, spread: [1, 2], shown: '1.00x', target: { met: true, text: '<= 1.05x' } });
	});

	it('meets a target at its bound, in both senses', () => {
		const met = (result: number, bounds: object) => targetOf(result, bounds).target?.met;
		expect([met(4, { atLeast: 4 }), met(3.99, { atLeast: 4 }), met(16, { atMost: 16 }), met(16.01, { atMost: 16 })]).toEqual([true, false, true, false]);
	});

	it('is refused when a side did less or more than the other', () => {
		expect(() => sameCount('rows', 100, { ours: 100, peer: 99 })).toThrow(CountError);
		expect(() => sameCount('rows', 100, { ours: 100, peer: 100 })).not.toThrow();
	});

	it('shows median and spread, numbers its notes, and says of a quick run that it is one', () => {
		const row = valueRow({ p: 'P9', what: 'Memory', unit: 'KiB', ours: [70, 50, 60], atMost: 60, notes: ['x'] });
		expect(tableOf({ ...report, rows: [row, row] })).toMatch(/\| P9 \| Memory \\\[1\] \| 60\.0 \(50\.0\.\.70\.0\) KiB \| +\| 60 KiB \| <= 60 KiB \| met \|\n.*\\\[2\]/);
		expect(tableOf({ ...report, quick: true, rows: [row] })).toContain('quick: met');
	});
});

test("the chart shows lines with a number and a target only, spells out 'The same' and names the peer", () => {
	const values = { what: 'Memory', unit: 'MiB', ours: [2], atMost: 16 };
	expect(barsOf([valueRow(values)])).toEqual([]);
	expect(barsOf([valueRow({ ...values, p: 'P8' })])).toMatchObject([{ ratio: 0.125, limit: 1, shown: '2 MiB', verdict: '<= 16 MiB' }]);
	const pair = { p: 'P8', what: 'The same beside a client', unit: 'MiB', ours: [2], peer: [8], peerName: 'iterate', atMost: 0.3 };
	expect(barsOf([valueRow(values), ratioRow(pair)])[0].name).toBe('P8 Memory, beside iterate');
});
