import { readCommandLine } from './commandLine.mts';
import { withMarked } from '../../../../scripts/lib/marked-table.mjs';
import { withLater } from './keptReport.mts';
import { picture } from './picture.mts';
import { ratioRow } from './ratioRow.mts';
import { newReport } from './report.mts';
import { atLeast, atMost, CountError, sameCount } from './row.mts';
import { series } from './stats.mts';
import { cellsOf } from './table.mts';
import { valueRow } from './valueRow.mts';

const ALL = [
	{ numbers: ['P3'], name: 'replay' },
	{ numbers: ['P10', 'P11'], name: 'state' },
	{ numbers: [], name: 'save' },
];
const chosen = (...args: string[]) => readCommandLine(args, ALL).chosen.map(({ name }) => name);

describe('the command line', () => {
	it('takes numbers and names, and runs them in their own order', () => {
		expect(chosen('--only', 'save,P3')).toEqual(['replay', 'save']);
		expect(chosen('--only', 'p11')).toEqual(['state']);
		expect(chosen()).toHaveLength(ALL.length);
	});

	it('keeps only a run of everything at full size', () => {
		expect(readCommandLine([], ALL).full).toBe(true);
		expect(readCommandLine(['--quick'], ALL).full).toBe(false);
		expect(readCommandLine(['--only', 'P3'], ALL).full).toBe(false);
	});

	it('keeps a part at full size only when told to', () => {
		expect(readCommandLine(['--only', 'P3'], ALL).keep).toBe(false);
		expect(readCommandLine(['--only', 'P3', '--keep'], ALL)).toMatchObject({ keep: true, full: false });
		expect(() => chosen('--keep')).toThrow('goes with --only');
		expect(() => chosen('--keep', '--only', 'P3', '--quick')).toThrow('not with --quick');
	});

	it('refuses what it does not know, and tells what there is', () => {
		expect(() => chosen('--only', 'P4')).toThrow("There is no measurement 'P4'. Choose from: P3 replay, P10 P11 state, save.");
		expect(() => chosen('--fast')).toThrow('--quick, --only');
	});
});

test('a later run of a part takes the place of its lines and failures only, and the report says so', () => {
	const line = (measurement: string, result: number) => ({ measurement, ...valueRow({ what: '', unit: 's', ours: [result] }) });
	const kept = { ...newReport(false), rows: [line('replay', 1), line('save', 2)], failures: [{ name: 'state', reason: 'late' }] };
	const later = { ...newReport(false), at: '2026-01-05T10:00:00.000Z', load: [0.5], rows: [line('state', 3), line('save', 4)] };
	const joined = withLater(kept, later, ['replay', 'state', 'save']);
	expect(joined.rows.map(({ measurement, result }) => [measurement, result])).toEqual([['replay', 1], ['state', 3], ['save', 4]]);
	expect(joined.failures).toEqual([]);
	expect(joined.later?.map(({ name, at }) => [name, at])).toEqual([['state', later.at], ['save', later.at]]);
	expect(joined.at).toBe(kept.at);
	const again = withLater(joined, { ...later, at: '2026-01-06T10:00:00.000Z', rows: [line('save', 5)] }, ['replay', 'state', 'save']);
	expect(again.later?.map(({ name, at }) => [name, at.slice(0, 10)])).toEqual([['state', '2026-01-05'], ['save', '2026-01-06']]);
});

describe('a line of the table', () => {
	it('gives the median of the ratios of neighbouring runs, not the ratio of the medians', () => {
		const row = ratioRow({ what: '', unit: 'ms', ours: [1, 20, 300], peer: [1, 10, 300], peerName: 'peer', atMost: 1.05 });
		expect(row).toMatchObject({ result: 1, spread: [1, 2], shown: '1.00x', target: { met: true, text: '<= 1.05x' } });
	});

	it('meets a target at its bound, in both senses', () => {
		expect([atLeast(4, 4), atLeast(4, 3.99), atMost(16, 16), atMost(16, 16.01)].map(({ met }) => met)).toEqual([true, false, true, false]);
	});

	it('is refused when a side did less or more than the other', () => {
		expect(() => sameCount('rows', 100, { ours: 100, peer: 99 })).toThrow(CountError);
		expect(() => sameCount('rows', 100, { ours: 100, peer: 100 })).not.toThrow();
	});

	it('shows median and spread, and says of a quick run that it is one', () => {
		const row = valueRow({ p: 'P9', what: 'Memory', unit: 'KiB', ours: [70, 50, 60], atMost: 60 });
		expect(cellsOf([row], false).lines[0]).toEqual(['P9', 'Memory', '60.0 (50.0..70.0) KiB', '', '', '60 KiB', '<= 60 KiB', 'met']);
		expect(cellsOf([row], true).lines[0].at(-1)).toBe('quick: met');
	});

	it('numbers the notes over all lines', () => {
		const row = valueRow({ what: 'a', unit: 'ms', ours: series([1]), notes: ['x', 'y'] });
		expect(cellsOf([row, row], false)).toMatchObject({ lines: [expect.arrayContaining(['a [1][2]']), expect.arrayContaining(['a [3][4]'])] });
	});
});

describe('the table of the page', () => {
	it('replaces what stands between the marks and nothing else', () => {
		const page = 'before\n<!-- bench:table -->\nold\n<!-- /bench:table -->\nafter';
		const once = withMarked(page, 'bench:table', 'new');
		expect(once).toBe('before\n<!-- bench:table -->\n\nnew\n\n<!-- /bench:table -->\nafter');
		expect(withMarked(once, 'bench:table', 'new')).toBe(once);
		expect(() => withMarked('no marks', 'bench:table', 'new')).toThrow('bench:table');
	});
});

describe('the chart', () => {
	const values = { what: 'Memory', unit: 'MiB', ours: [2], atMost: 16 };
	const chartOf = (...rows: Array<ReturnType<typeof valueRow>>) => picture({ ...newReport(false), rows });

	it('shows lines with a number and a target only, and needs one', () => {
		expect(chartOf(valueRow(values))).toBeUndefined();
		expect(chartOf(valueRow({ ...values, p: 'P8' }))).toContain('2 MiB of 16');
	});

	it("spells out 'The same' and names the peer", () => {
		const pair = { p: 'P8', what: 'The same beside a client', unit: 'MiB', ours: [2], peer: [8], peerName: 'iterate', atMost: 0.3 };
		expect(chartOf(valueRow(values), ratioRow(pair))).toContain('P8 Memory, beside iterate');
	});
});
