/** A measurement: its numbers among P1 to P13, if any, and its name. */
export interface Named {
	name: string;
	numbers: readonly string[];
}

export interface Choice<T extends Named> {
	quick: boolean;
	chosen: T[];
	/** Everything, at full size: such a run is kept. */
	full: boolean;
	/** A part at full size takes the place of its lines in the kept result. */
	keep: boolean;
}

/**
 * Reads `--quick`, `--only P3,path` and `--keep`.
 *
 * @throws RangeError for anything else, with what there is
 */
export function readCommandLine<T extends Named>(args: readonly string[], all: readonly T[]): Choice<T> {
	let quick = false;
	let keep = false;
	let only: string[] | undefined;
	for (let index = 0; index < args.length; index++) {
		if (args[index] === '--quick') quick = true;
		else if (args[index] === '--keep') keep = true;
		else if (args[index] === '--only') only = (args[++index] ?? '').split(',').map((name) => name.trim());
		else throw new RangeError(`'${args[index]}' is not an option. There are --quick, --only P3,path and --keep.`);
	}
	if (keep && (quick || !only)) throw new RangeError('--keep goes with --only, and not with --quick.');
	const is = (wanted: string) => (one: T) => one.name === wanted || one.numbers.includes(wanted.toUpperCase());
	const unknown = (only ?? []).filter((wanted) => !all.some(is(wanted)));
	if (unknown.length > 0) {
		const names = all.map(({ name, numbers }) => [...numbers, name].join(' ')).join(', ');
		throw new RangeError(`There is no measurement '${unknown.join("', '")}'. Choose from: ${names}.`);
	}
	const chosen = only ? all.filter((one) => only.some((wanted) => is(wanted)(one))) : [...all];
	return { quick, chosen, full: !quick && !only, keep };
}
