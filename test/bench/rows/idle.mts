import { measureInProcess, startServer } from '../lib/processes.mts';
import { sameCount, type Row } from '../lib/row.mts';
import { series } from '../lib/stats.mts';
import type { BacklogResult } from '../measure/backlog.mts';
import type { IdleResult } from '../measure/idle.mts';
import type { StateResult } from '../measure/state.mts';
import type { Measure } from './context.mts';

const TRIGGERS = 100;
const PROCESSES = 3;
const EVENTS = 1_000_000;
const KIB = 1024;
const BACKLOG = 100_000;
const RUN_MS = 10;

/** What a trigger costs while nothing happens. */
export const idle: Measure = async ({ places }) => {
	const server = await startServer(places, { rows: 0 });
	try {
		const results: Record<'ours' | 'peer', IdleResult[]> = { ours: [], peer: [] };
		for (let run = 0; run < PROCESSES; run++) {
			for (const side of ['ours', 'peer'] as const) {
				const input = { endpoint: `${server.url}/graph/v2`, token: 'bench', count: TRIGGERS, side };
				const result = await measureInProcess<IdleResult>(places, 'idle', input);
				sameCount('idle triggers', TRIGGERS, { [side]: result.open });
				results[side].push(result);
			}
		}
		const kib = (side: 'ours' | 'peer', what: 'rss' | 'heap') =>
			series(results[side].map((result) => result[what] / KIB));
		const row = (name: string, what: 'rss' | 'heap'): Row => {
			const ours = kib('ours', what);
			return {
				what: name,
				unit: 'KiB',
				ours,
				peer: { name: 'fetch stream', ...kib('peer', what) },
				result: ours.median,
				shown: `${ours.median.toFixed(0)} KiB`,
			};
		};
		const rss = row('Idle trigger, resident memory', 'rss');
		const cpu = series(results.ours.map(({ cpuMs }) => cpuMs)).median;
		return [
			{
				...rss,
				target: { text: '<= 60 KiB', met: rss.result <= 60 },
				notes: [
					`${TRIGGERS} triggers in a process, three processes, warmed up, after a garbage collection. All together used ${cpu.toFixed(0)} ms of processor time in 6 s.`,
				],
			},
			row('Idle trigger, heap', 'heap'),
		];
	} finally {
		await server.close();
	}
};

/** What a trigger stores, and what storing it costs. */
export const state: Measure = async ({ places }) => {
	const measure = async (events: number, eventsPerRun: number) => {
		const result = await measureInProcess<StateResult>(places, 'state', { events, eventsPerRun });
		sameCount('events through the position', events, { position: result.acknowledged });
		return result;
	};
	const single = await measure(EVENTS, 1);
	const most = await measure(EVENTS / 10, 500);
	const perEvent = series(single.perEvent);
	const sizeRow = (what: string, { bytes }: StateResult): Row => {
		const kib = bytes / KIB;
		return {
			what,
			unit: 'KiB',
			ours: series([kib]),
			result: kib,
			shown: `${kib.toFixed(1)} KiB`,
			target: { text: '<= 32 KiB', met: kib <= 32 },
		};
	};
	return [
		sizeRow(`Static data after ${EVENTS.toLocaleString('en-US')} events`, single),
		sizeRow('Static data with 500 events per run', most),
		{
			what: 'State and identity, each event',
			unit: 'µs',
			ours: perEvent,
			result: perEvent.median,
			shown: `${perEvent.median.toFixed(1)} µs`,
			target: { text: '<= 20 µs', met: perEvent.median <= 20 },
			notes: [
				`With the window full. Medians of tenths of ${EVENTS.toLocaleString('en-US')} events. n8n then writes the state as JSON, ${single.stringify.toFixed(0)} µs for each run that it starts.`,
			],
		},
	];
};

/** Memory while a long backlog waits for a slow workflow. */
export const backlog: Measure = async ({ places }) => {
	const server = await startServer(places, { rows: BACKLOG });
	try {
		const results: BacklogResult[] = [];
		for (let run = 0; run < PROCESSES; run++) {
			const input = { endpoint: `${server.url}/graph/v2`, token: 'bench', events: BACKLOG, eventsPerRun: 50, runMs: RUN_MS };
			const result = await measureInProcess<BacklogResult>(places, 'backlog', input);
			sameCount('backlog', BACKLOG, { trigger: result.delivered });
			results.push(result);
		}
		const mib = (what: 'rss' | 'heap') => series(results.map(({ growth }) => growth[what] / KIB / KIB));
		const rss = mib('rss');
		return [
			{
				what: `Memory for a backlog of ${BACKLOG.toLocaleString('en-US')}, runs of ${RUN_MS} ms`,
				unit: 'MiB',
				ours: rss,
				result: rss.median,
				shown: `${rss.median.toFixed(1)} MiB`,
				target: { text: '<= 16 MiB', met: rss.median <= 16 },
				notes: [
					`Through the active trigger, 50 events a run, ${series(results.map(({ seconds }) => seconds)).median.toFixed(0)} s. Growth of the resident memory over a warmed-up process, highest of samples after a garbage collection; heap ${mib('heap').median.toFixed(1)} MiB.`,
				],
			},
		];
	} finally {
		await server.close();
	}
};
