/** A measurement: its numbers among P1 to P13, if any, and its name. */
export interface Named {
	name: string;
	numbers: readonly string[];
}

export interface Choice<T extends Named> {
	quick: boolean;
	chosen: T[];
	/** Everything, at full size: only such a run is kept. */
	full: boolean;
}

/**
 * Reads `--quick` and `--only P3,path`.
 *
 * @throws RangeError for anything else, with what there is
 */
export function readCommandLine<T extends Named>(args: readonly string[], all: readonly T[]): Choice<T> {
	let quick = false;
	let only: string[] | undefined;
	for (let index = 0; index < args.length; index++) {
		if (args[index] === '--quick') quick = true;
		else if (args[index] === '--only') only = (args[++index] ?? '').split(',').map((name) => name.trim());
		else throw new RangeError(`'${args[index]}' is not an option. There are --quick and --only P3,path.`);
	}
	const is = (wanted: string) => (one: T) => one.name === wanted || one.numbers.includes(wanted.toUpperCase());
	const unknown = (only ?? []).filter((wanted) => !all.some(is(wanted)));
	if (unknown.length > 0) {
		const names = all.map(({ name, numbers }) => [...numbers, name].join(' ')).join(', ');
		throw new RangeError(`There is no measurement '${unknown.join("', '")}'. Choose from: ${names}.`);
	}
	const chosen = only ? all.filter((one) => only.some((wanted) => is(wanted)(one))) : [...all];
	return { quick, chosen, full: !quick && !only };
}
