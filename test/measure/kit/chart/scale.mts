export type ScaleKind = 'linear' | 'log';

export interface Scale {
	kind: ScaleKind;
	/** First and last value of the axis. */
	domain: [number, number];
	ticks: number[];
	/** Place of a value between the two ends of the axis; outside of them for a value outside. */
	place(value: number): number;
}

const NICE = [1, 2, 5, 10];

/** Largest of 1, 2, 5 times a power of ten that is not above `value`, or the smallest not below it. */
function nice(value: number, direction: 'down' | 'up'): number {
	const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
	const part = value / power;
	const slack = 1e-9;
	const step =
		direction === 'down'
			? [...NICE].reverse().find((candidate) => candidate <= part + slack)
			: NICE.find((candidate) => candidate >= part - slack);
	return Number(((step ?? 1) * power).toPrecision(12));
}

function logTicks([low, high]: [number, number]): number[] {
	const decades = Math.log10(high / low);
	const steps = decades <= 1.2 ? [1, 2, 3, 5, 7] : decades <= 2.5 ? [1, 2, 5] : [1];
	const every = Math.max(1, Math.ceil(decades / 8));
	const ticks: number[] = [];
	for (let exponent = Math.floor(Math.log10(low)) - 1; exponent <= Math.ceil(Math.log10(high)); exponent++) {
		if (steps.length === 1 && exponent % every !== 0) continue;
		for (const step of steps) {
			const tick = Number((step * 10 ** exponent).toPrecision(12));
			if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
		}
	}
	return ticks;
}

/**
 * An axis for these values, rounded out to readable ends, on pixels `from` to `to`.
 *
 * @param values at least one; above zero on a log axis
 * @param include a linear axis always shows this value; 0 unless told
 */
export function scaleFor(kind: ScaleKind, values: number[], from: number, to: number, include: number | null = 0): Scale {
	if (kind === 'log') {
		let [low, high] = [nice(Math.min(...values), 'down'), nice(Math.max(...values), 'up')];
		// At least a factor of ten, or noise would look like growth.
		if (high / low < 10) [low, high] = [nice(low / Math.sqrt(10 / (high / low)), 'down'), nice(high * Math.sqrt(10 / (high / low)), 'up')];
		const place = (value: number) => from + (Math.log10(value / low) / Math.log10(high / low)) * (to - from);
		return { kind, domain: [low, high], ticks: logTicks([low, high]), place };
	}
	const all = include === null ? values : [...values, include];
	const [least, most] = [Math.min(...all), Math.max(...all)];
	const step = nice((most - least || Math.abs(most) || 1) / 5, 'up');
	const [low, high] = [Math.floor(least / step + 1e-9) * step, Math.ceil(most / step - 1e-9) * step];
	const end = high > low ? high : low + step;
	const ticks = Array.from({ length: Math.round((end - low) / step) + 1 }, (_, index) => Number((low + index * step).toPrecision(12)));
	return { kind, domain: [low, end], ticks, place: (value) => from + ((value - low) / (end - low)) * (to - from) };
}
