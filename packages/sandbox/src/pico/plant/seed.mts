import { Stamp, parseTime } from '../time.mts';
import type { Plant } from './plant.mts';
import type { Operation } from './types.mts';

const MINUTE = 60_000_000_000n;

/**
 * Fills a small plant that assembles coolant pumps and filling valves: two pump variants, a valve whose part number is
 * ambiguous across two revisions, subassemblies, processes, an optional step, an archived predecessor and expected serials.
 */
export function seedPlant(plant: Plant): void {
	let time = parseTime('2026-01-05T08:00:00Z');
	const tick = () => {
		time += MINUTE + BigInt(plant.settings.random.between(0, 999_999_999));
		return new Stamp(time);
	};
	const deploy = (
		kind: Operation['kind'],
		name: string,
		part: [partNumber?: string, revision?: string] = [],
		serials: Array<[name: string, externalId: string]> = [],
		variantName?: string,
	) =>
		plant.deploy(
			{
				kind,
				name,
				externalId: part[0],
				externalRevision: part[1],
				variantName,
				consumedSerials: serials.map(([label, externalId]) => ({ name: label, externalId })),
			},
			tick(),
		);
	const route = (parent: Operation, steps: Array<Operation | Operation[] | { optional: Operation }>) => {
		steps.forEach((step, index) => {
			if (Array.isArray(step)) for (const child of step) plant.link(parent.id, child.id, index, false, tick());
			else if ('optional' in step) plant.link(parent.id, step.optional.id, index, true, tick());
			else plant.link(parent.id, step.id, index, false, tick());
		});
	};

	const press = deploy('process', 'Press bearings', ['PROC-010', 'A'], [['Bearing lot', 'BRG-6204']]);
	const wind = deploy('process', 'Wind and test stator', ['PROC-020', 'A'], [['Stator serial', 'STA-115']]);
	const motor = deploy(
		'subassembly',
		'Motor Assembly',
		['MOTOR-110', 'C'],
		[
			['Bearing lot', 'BRG-6204'],
			['Stator serial', 'STA-115'],
		],
	);
	route(motor, [[press, wind], deploy('process', 'Close motor housing')]);

	const housing = deploy('subassembly', 'Pump Housing', ['HOUSING-120', 'B'], [['Impeller serial', 'IMP-130']]);
	route(housing, [deploy('process', 'Fit impeller', ['PROC-030', 'B'], [['Impeller serial', 'IMP-130']])]);

	const finalAssembly = deploy('process', 'Final assembly', ['PROC-040', 'B'], [['Seal kit lot', 'SEAL-9']]);
	const leakTest = deploy('process', 'Leak test', ['PROC-050', 'A']);
	const engrave = deploy('process', 'Engrave customer plate', ['PROC-060', 'A']);
	const pack = deploy('process', 'Pack and label');
	for (const [partNumber, variant] of [
		['PUMP-100', '230 V'],
		['PUMP-101', '400 V'],
	]) {
		const pump = deploy(
			'product',
			`Coolant Pump ${variant}`,
			[partNumber, 'B'],
			[
				['Motor serial', 'MOTOR-110'],
				['Housing serial', 'HOUSING-120'],
				['Seal kit lot', 'SEAL-9'],
			],
			variant,
		);
		route(pump, [[motor, housing], finalAssembly, leakTest, { optional: engrave }, pack]);
	}

	const grind = deploy('process', 'Grind valve seat', ['PROC-070', 'A']);
	const calibrate = deploy('process', 'Calibrate valve', ['PROC-080', 'A'], [['Spring lot', 'SPR-22']]);
	for (const revision of ['A', 'B']) {
		const valve = deploy('product', 'Filling Valve', ['VALVE-200', revision], [['Spring lot', 'SPR-22']]);
		route(valve, [grind, calibrate]);
	}
	const firstSeries = deploy(
		'product',
		'Coolant Pump (first series)',
		['PUMP-090', 'A'],
		[['Motor serial', 'MOTOR-100']],
	);
	plant.archive(firstSeries, tick());
}
