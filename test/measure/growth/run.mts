/**
 * `npm run growth [-- --quick] [-- --only events,depth]`: how cost grows with the number of events, operations, levels
 * of a structure and triggers, with the fitted exponents. A full run writes docs/results/growth.json, the charts beside
 * it and the tables of docs/growth.md; any other writes to test-results/. Exits 1 when a time grows faster than its size
 * to the power of 1.2, or when something could not be measured.
 */
import { lineChart } from '../kit/chart.mts';
import { measuring, messageOf } from '../kit/command.mts';
import { described, factsNow, keep } from '../kit/kept.mts';
import { flag, readOptions, some } from '../kit/options.mts';
import { preparePlaces } from '../kit/places.mts';
import { endAll } from '../kit/processes.mts';
import { judged, STEEPEST, tableOf, type Judged, type Part } from './curves.mts';
import { events } from './events.mts';
import { depth, operations } from './node.mts';
import { triggers } from './triggers.mts';

const PARTS: Record<string, Part> = { events, operations, depth, triggers };
const ROUNDS = 3;

await measuring(async (run) => {
	const { root, say, steps } = run;
	const { quick, only } = readOptions(run.args, { quick: flag, only: some((word) => (Object.hasOwn(PARTS, word) ? word : undefined), () => Object.keys(PARTS).join(', ')) });
	run.onEnd(endAll);
	const facts = factsNow(root);
	const places = await preparePlaces(run);
	const curves: Record<string, Judged[]> = {};
	const failures: Record<string, string> = {};
	for (const name of only ?? Object.keys(PARTS)) {
		say(name);
		try {
			curves[name] = (await PARTS[name].measure({ places, quick, rounds: ROUNDS, say: (text) => say(`  ${text}`) })).map(judged);
		} catch (error) {
			failures[name] = messageOf(error);
		}
	}
	facts.seconds = run.seconds();

	const pictures: Record<string, string> = {};
	const pagePlaces: Record<string, string> = { 'growth:run': described(facts) };
	for (const [name, list] of Object.entries(curves)) {
		const { title, about, panels } = PARTS[name];
		const subtitle = `${about} Median of ${ROUNDS}, thin lines from the lowest to the highest, dotted: the fitted line. ${described(facts)}`;
		pictures[`growth-${name}`] = await lineChart({ title, subtitle }, panels(list));
		pagePlaces[`growth:${name}`] = `![${title}, measured](results/growth-${name}.svg)\n\n${tableOf(list)}`;
		steps.say(`\n${title}\n${tableOf(list)}`);
	}
	const isWhole = !quick && !only;
	const page = Object.keys(failures).length === 0 ? { file: 'growth.md', places: pagePlaces } : undefined;
	const file = keep(root, isWhole, { name: 'growth', data: { ...facts, quick, steepest: STEEPEST, curves, failures }, pictures, page });
	for (const [name, reason] of Object.entries(failures)) steps.say(`\nFAILED ${name}: ${reason}`);
	const steep = Object.values(curves).flat().filter(({ tooSteep }) => tooSteep);
	for (const { name, fit, end } of steep) steps.say(`\nTOO STEEP ${name}: exponent ${fit?.slope.toFixed(2)}, at the end ${end?.slope.toFixed(2)}; at most ${STEEPEST} is right.`);
	steps.say(`\n${described(facts)} Charts and values: ${file}`);
	return steep.length + Object.keys(failures).length === 0;
});
