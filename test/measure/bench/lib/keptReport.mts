import type { Report } from './report.mts';

/**
 * The kept report with the lines of a later run of some measurements in place of its own. Both sides of each line are still
 * from one run; the report says which lines are from a later one.
 *
 * @param order names of all measurements
 */
export function withLater(kept: Report, later: Report, order: readonly string[]): Report {
	const names = order.filter((name) => [...later.rows.map(({ measurement }) => measurement), ...later.failures.map((one) => one.name)].includes(name));
	const others = <T,>(list: readonly T[], nameOf: (one: T) => string | undefined) => list.filter((one) => !names.includes(nameOf(one) ?? ''));
	const place = ({ measurement }: { measurement?: string }) => order.indexOf(measurement ?? '');
	return {
		...kept,
		rows: [...others(kept.rows, ({ measurement }) => measurement), ...later.rows].sort((a, b) => place(a) - place(b)),
		failures: [...others(kept.failures, ({ name }) => name), ...later.failures],
		later: [...others(kept.later ?? [], ({ name }) => name), ...names.map((name) => ({ name, at: later.at, load: later.load }))],
	};
}
