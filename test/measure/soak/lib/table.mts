import type { Ledger, Times } from './account.mts';
import type { Drift, Life } from './lives.mts';
import type { SoakResult } from './result.mts';

type Line = string[];

/** Of a shorter life nothing can be said. */
const FEWEST_SAMPLES = 3;

const number = (value: number | undefined, digits = 0) => (value === undefined ? '–' : value.toFixed(digits));
const signed = (value: number | undefined, digits = 1) =>
	value === undefined ? '–' : `${value >= 0 ? '+' : ''}${value.toFixed(digits)}`;
const duration = (ms: number | undefined) =>
	ms === undefined ? '–' : ms >= 10_000 ? `${(ms / 1000).toFixed(0)} s` : `${ms.toFixed(0)} ms`;
const times = (lag: Times | undefined) =>
	lag ? `${duration(lag.p50)} / ${duration(lag.p99)} / ${duration(lag.max)}` : '–';
const slopes = ({ leastSquares, theilSen }: Drift, digits?: number) => `${signed(leastSquares, digits)} / ${signed(theilSen, digits)}`;
const ends = ({ first, last }: Drift) => `${number(first)} → ${number(last)}`;

const HEAD: Line = ['', 'Pico MES Trigger', "n8n's SSE Trigger"];

function ledgerLines(ours: Ledger, peer: Ledger): Line[] {
	const line = (what: string, show: (ledger: Ledger) => string): Line => [what, show(ours), show(peer)];
	return [
		line('Events made', ({ made }) => String(made)),
		line('Events with an execution', ({ started }) => String(started)),
		line('Events lost', ({ lost }) => String(lost)),
		line('Events started twice', ({ twice }) => String(twice)),
		line('Executions that failed (wanted) / were cut off by the kill', ({ failed, crashed }) => `${failed} / ${crashed}`),
		line('Event to call by its run, n8n up: p50 / p99 / max', ({ lag }) => times(lag.up)),
		line('the same, n8n stopped, starting or catching up', ({ lag }) => times(lag.away)),
		line('the same, late events that open streams do not show', ({ lag }) => times(lag.hidden)),
	];
}

function lifeLines(ours: Life, peer: Life | undefined): Line[] {
	const name = `Life ${ours.life} (${number(ours.fittedSeconds / 60, 1)} min fitted)`;
	const line = (what: string, show: (life: Life) => string): Line => [`${name}: ${what}`, show(ours), peer ? show(peer) : '–'];
	return [
		line('resident memory, MB', ({ rss }) => ends(rss)),
		line('its drift, MB per hour', ({ rss }) => slopes(rss)),
		line('heap after collections, MB', ({ heapFloor }) => ends(heapFloor)),
		line('its drift, MB per hour', ({ heapFloor }) => slopes(heapFloor)),
		line('open files', ({ files }) => ends(files)),
		line('their drift per hour', ({ files }) => slopes(files)),
		line('open sockets', ({ sockets }) => ends(sockets)),
		line('processor time, share of one core', ({ cpu }) => (cpu === undefined ? '–' : `${(cpu * 100).toFixed(0)} %`)),
	];
}

/** All lines of the table, the head first. */
export function lines({ ours, peer }: SoakResult): Line[] {
	const lives = ours.lives.filter(({ samples }) => samples >= FEWEST_SAMPLES).flatMap((life) => lifeLines(life, peer.lives.find((other) => other.life === life.life)));
	return [HEAD, ...ledgerLines(ours.ledger, peer.ledger), ...lives];
}

/** What else happened, one sentence each. */
export function notes(result: SoakResult): string[] {
	const { events, staticBytes, sandbox } = result;
	const stops = result.stops.map(
		({ what, at, upAfter, caughtUpAfter }) =>
			`${what} at ${number(at / 60, 1)} min: up again after ${number(upAfter)} s, up to date after ${number(caughtUpAfter)} s`,
	);
	return [
		`${result.cuts} connections cut at once, ${result.byteCuts} times connections cut after a random number of bytes; ${result.streams} streams opened, ${result.rowsSent} rows sent for ${events.made} events`,
		`${events.ties} pairs with equal times, ${events.late} late events that open streams show, ${events.lateHidden} that they do not`,
		...stops,
		`static data ${number(staticBytes.first)} bytes at first, ${number(staticBytes.last)} at last, ${number(staticBytes.most)} at most`,
		`the Pico double, which keeps every event: ${number(sandbox.first)} → ${number(sandbox.last)} MB`,
	];
}

export function printed(result: SoakResult): string {
	const all = lines(result);
	const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
	const print = (line: Line) => line.map((text, column) => text.padEnd(widths[column])).join('  ').trimEnd();
	const failures = result.failures.map((failure) => `FAILED ${failure}`);
	return [...all.map(print), '', ...notes(result), ...failures].join('\n');
}

export function markdown(result: SoakResult): string {
	const row = (line: Line) => `| ${line.join(' | ')} |`;
	const [head, ...rest] = lines(result);
	const { at, minutes, rate, seed, node, n8n, cpus, loadAtStart } = result;
	const where = `${number(minutes)} minutes on ${at.slice(0, 10)}: n8n ${n8n}, Node ${node.slice(1)} for everything else, ${cpus} cores, load ${number(loadAtStart, 1)} at the start, ${rate} events/s, seed ${seed}.`;
	return [where, '', row(head), row(['---', '---', '---']), ...rest.map(row), '', ...notes(result).map((note) => `- ${note}.`)].join('\n');
}
