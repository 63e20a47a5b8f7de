/**
 * Mutants that are known to survive, and why. A mutant belongs to the first entry whose `file` its path ends with and
 * whose `code` stands on its line; the page lists them by entry.
 */
export const KNOWN_SURVIVORS = [
	{
		name: 'rows: nothing',
		file: 'events/event.ts',
		code: 'const list = value === null',
		why: 'Redundant: a list of one null or undefined comes to nothing as well, since the loop below skips both.',
	},
	{
		name: 'keys: order',
		file: 'events/identity.ts',
		code: '.sort(([a], [b])',
		why: 'Same behaviour: keys of one object are never equal, and sorting asks only whether a comparison is negative.',
	},
	{
		name: 'serials: none',
		file: 'kinds/operationChanged.ts',
		code: 'row.consumedSerials ?? []',
		why: 'Redundant: `asObjects` drops a null as it drops the text that the mutant puts in its place.',
	},
	{
		name: 'lines: equal content',
		file: 'events/lines.ts',
		code: 'known.sort(',
		why: 'Redundant: sorting is stable, so that equal contents keep their order without being told.',
	},
	{
		name: 'lines: first id',
		file: 'events/lines.ts',
		code: 'const ids: string[] = [];',
		why: 'Same behaviour: every place of the list is written below.',
	},
	{
		name: 'stand-in: missing as well',
		file: 'events/selection.ts',
		code: 'if (has(owner, name) !== false',
		why: 'Redundant: a stand-in that the server lacks has no spelling, and is left out two lines below.',
	},
	{
		name: 'timestamps: zero',
		file: 'events/timestamp.ts',
		code: 'const seconds = nanos >= 0n',
		why: 'Same behaviour: both branches give zero for zero.',
	},
	{
		name: 'timestamps: equal texts',
		file: 'events/timestamp.ts',
		code: 'return a === b ? 0',
		why: 'A short cut: equal texts read as equal moments, only slower.',
	},
	{
		name: 'timestamps: short texts',
		file: 'events/timestamp.ts',
		code: 'const usual = end >= 19',
		why: 'Redundant: a shorter text has no digits where the seconds stand, and is refused there.',
	},
	{
		name: 'timestamps: no fraction',
		file: 'events/timestamp.ts',
		code: 'let fraction = end > 19',
		why: 'Redundant: a range without characters reads as zero.',
	},
	{
		name: 'timestamps: zone Z',
		file: 'events/timestamp.ts',
		code: "if (zone === 'Z' || zone === 'z') return 0;",
		why: 'Redundant: a zone without digits reads as an offset of zero.',
	},
	{
		name: 'window: no floor',
		file: 'events/window.ts',
		code: 'return this.droppedUpTo === undefined',
		why: 'Redundant: no number is never inside the window.',
	},
	{
		name: 'window: left out',
		file: 'events/window.ts',
		code: 'from < this.leftOut.count',
		why: 'A short cut: looking through all times again finds the same highest one, only slower.',
	},
	{
		name: 'window: strange marks',
		file: 'events/window.ts',
		code: "typeof mark === 'string'",
		why: 'Same behaviour: without a second part there is no id, whatever the first one is.',
	},
	{
		name: 'window: the end',
		file: 'events/window.ts',
		code: 'for (; this.first < this.ids.length',
		why: 'Same behaviour: behind the last id nothing is old and nothing too much, so the loop ends there.',
	},
	{
		name: 'window: old ones',
		file: 'events/window.ts',
		code: 'if (!old) this.droppedUpTo',
		why: 'Redundant: the time of an old one lies outside the window, where it says nothing.',
	},
	{
		name: 'window: throwing away',
		file: 'events/window.ts',
		code: 'if (this.first >= LONGEST_WASTE)',
		why: 'When forgotten entries are thrown away is a matter of speed and memory only; that they are is tested.',
	},
];
