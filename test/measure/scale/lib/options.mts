import { parseArgs } from 'node:util';

import { PARTS, type Part } from './plan.mts';

export interface Options {
	minutes: number;
	/** Events for each second of the lean line. */
	rate: number;
	workers: number;
	parts: readonly Part[];
	/** Events for each second of the template's line; absent: follows from the search. */
	templateRate?: number;
	/** Seconds between two kills. */
	killEvery: number;
	/** Whether this is the whole measurement, whose results are kept. */
	full: boolean;
}

/** @throws Error with a plain message */
export function readOptions(args: string[]): Options {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args,
		options: { minutes: text, rate: text, workers: text, only: text, 'template-rate': text, 'kill-every': text },
	});
	const number = (name: string, given: string | undefined, otherwise: number, least: number): number => {
		const value = Number(given ?? otherwise);
		if (!(value >= least)) throw new Error(`--${name} takes a number from ${least} on, not '${given}'`);
		return value;
	};
	const parts = (values.only?.split(',') ?? [...PARTS]) as Part[];
	const unknown = parts.filter((part) => !PARTS.includes(part));
	if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}. Choose from ${PARTS.join(', ')}.`);
	const minutes = number('minutes', values.minutes, 10, 0.1);
	const rate = number('rate', values.rate, 50, 1);
	const workers = number('workers', values.workers, 2, 1);
	const killEvery = number('kill-every', values['kill-every'], 60, 5);
	const given = values['template-rate'];
	const templateRate = given === undefined ? undefined : number('template-rate', given, 1, 0.1);
	const full = minutes >= 10 && rate >= 50 && workers === 2 && killEvery <= 60 && values.only === undefined;
	return { minutes, rate, workers, parts, killEvery, templateRate, full };
}
