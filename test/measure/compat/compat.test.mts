import { LINES, OLDEST, reasonIn, releasesOf } from './releases.mts';
import { failures, tableOf, type Row } from './report.mts';

const yes = { ok: true, detail: '' };
const common = { at: '2026-01-01T00:00:00.000Z', load: [0, 0, 0], triedBefore: [], seconds: 1 };
const good: Row = {
	...common,
	line: '2.20',
	n8n: '2.20.12',
	node: '22.23.3',
	workflowLibrary: '2.20.3',
	loads: yes,
	trigger: yes,
	webSocket: yes,
	action: yes,
	webhook: yes,
	eryxon: yes,
	typings: yes,
	capabilities: yes,
	kills: { ...yes, events: 130, kills: 3, lost: 0, duplicated: 0, crashed: 3, crashedWithoutEffect: 1, strange: [] },
	queued: { ...yes, events: 12, queued: 8, stuck: 0, again: 0, survive: true, lost: 0, duplicated: 0, crashed: 1, crashedWithoutEffect: 0, strange: [] },
};
const refused: Row = { ...common, line: '2.32', n8n: '2.32.7', refused: 'a@1.0.0 is not on this registry' };
const report = (...rows: Row[]) => ({ rows });

describe('the table of releases of n8n', () => {
	it('takes the newest release of a line, by number and without previews', () => {
		const versions = ['2.20.2', '2.20.12', '2.20.9', '2.21.0', '2.22.0-beta.1', '2.3.0'];
		expect(releasesOf(OLDEST, versions)).toEqual(['2.20.12', '2.20.9', '2.20.2']);
		expect(releasesOf(LINES[LINES.length - 1], versions)[0]).toBe('2.21.0');
	});

	it('says in few words, and without addresses, why npm refused', () => {
		expect(reasonIn('npm error code ETARGET\nnpm error notarget No matching version found for @n8n/agents@0.26.2.\nnpm error notarget In most')).toBe(
			'@n8n/agents@0.26.2 is not on this registry',
		);
		expect(reasonIn('npm error network request to https://files.example.com/xlsx-0.20.2.tgz failed, reason: getaddrinfo')).toBe(
			'xlsx-0.20.2.tgz lies outside the registry',
		);
	});

	it('keeps a release that does not install, with the reason, and counts it as no failure', () => {
		const both = report(good, refused);
		expect(tableOf(both)).toMatch(/\| 2\.20\.12 +\| 22\.23\.3 +\|( yes +\|){4} 0 \/ 0 of 130 +\| yes +\| n8n-workflow 2\.20\.3 +\|/);
		expect(tableOf(both)).toContain('| 2.32.7  | does not install here: a@1.0.0 is not on this registry |');
		expect(failures(both)).toEqual([]);
	});

	it('tells of queued runs that n8n loses in a kill, and counts them as no failure of ours', () => {
		const old = report({ ...good, queued: { ...good.queued, ...yes, survive: false, lost: 1, stuck: 7 } });
		expect(tableOf(old)).toContain('| no: 8 of 8 not run ');
		expect(failures(old)).toEqual([]);
	});

	it('fails for a check that was not passed, for one that was not reached, and when nothing installs', () => {
		const bad = report({ ...good, trigger: { ok: false, detail: 'lost 1' }, webhook: undefined });
		expect(failures(bad)).toEqual(['n8n 2.20.12, trigger: lost 1', 'n8n 2.20.12, webhook: not reached']);
		expect(tableOf(bad)).toMatch(/\| yes +\| NO +\| yes +\| not reached \|/);
		expect(failures(report(refused))).toEqual(['no n8n could be installed']);
	});
});
