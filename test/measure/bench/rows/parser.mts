import { measureInProcess } from '../lib/processes.mts';
import { ratioRow } from '../lib/ratioRow.mts';
import { atMost, sameCount, times, type Row } from '../lib/row.mts';
import { series } from '../lib/stats.mts';
import type { ParserInput, ParserResult } from '../measure/parser.mts';
import { runs, thousands, type Measure } from './context.mts';

const MB = 1_000_000;
const PEER = 'eventsource-parser + JSON.parse';

/** P2: our reader on bytes in memory, beside the bare parser; also with one huge event. */
export const parser: Measure = async (bench) => {
	const measure = async (input: Partial<ParserInput>) => {
		const full = { rowsPerFrame: 1, frames: 1, bytes: 0, rounds: runs(bench), ...input };
		const result = await measureInProcess<ParserResult>(bench.places, 'parser', full);
		sameCount('frames of a text', full.frames, result.frames);
		return result;
	};
	const small = async (rowsPerFrame: number): Promise<Row> => {
		const events = bench.quick ? 20_000 : 100_000;
		const result = await measure({ rowsPerFrame, frames: events / rowsPerFrame });
		const perSecond = (values: number[]) => values.map((ms) => events / ms);
		return ratioRow({
			p: 'P2',
			what: `Bytes to objects, ${thousands(events)} events, ${rowsPerFrame} a frame`,
			unit: 'k events/s',
			ours: perSecond(result.ours),
			peer: perSecond(result.peer),
			peerName: PEER,
			atLeast: 0.9,
			notes: rowsPerFrame === 1 ? ['From memory in pieces of 16 KB. Ours is the same parser behind the EventSource rules, with back-pressure after each piece.'] : [],
		});
	};
	const huge = async (megabytes: number) => {
		const result = await measure({ rowsPerFrame: 0, bytes: megabytes * MB });
		return {
			ours: result.ours,
			row: ratioRow({
				p: 'P2',
				what: `One event of ${megabytes} MB`,
				unit: 'ms',
				ours: result.ours,
				peer: result.peer,
				peerName: PEER,
				...(megabytes === 32 ? { atMost: 2 } : {}),
			}),
		};
	};
	const rows = [await small(1), await small(100)];
	const [eight, thirtyTwo] = [await huge(8), await huge(32)];
	const growth = series(thirtyTwo.ours).median / series(eight.ours).median;
	return [
		...rows,
		eight.row,
		thirtyTwo.row,
		{
			p: 'P2',
			what: 'Time of 32 MB beside 8 MB (4 times the bytes)',
			unit: 'ms',
			ours: series(thirtyTwo.ours),
			peer: { name: 'ours at 8 MB', ...series(eight.ours) },
			result: growth,
			shown: times(growth),
			target: atMost(5, growth),
		},
	];
};
