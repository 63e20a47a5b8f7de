import { existsSync, readFileSync } from 'node:fs';

import { operationsTable } from '../kit/table.mts';
import { useDouble } from '../kit/useDouble.mts';

const double = useDouble();

it('every operation does in every generation what the table of the README says', async () => {
	const rows = await operationsTable(double());
	const readme = readFileSync(existsSync('packages/eryxon') ? 'packages/eryxon/README.md' : 'README.md', 'utf8');
	if (process.env.SHOW_TABLE) console.log(rows.join('\n'));
	expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
}, 120_000);
