import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from './host.mts';

const READ_ROWS = `
const { DatabaseSync } = require('node:sqlite');
const [file, sql, params] = process.argv.slice(1);
const db = new DatabaseSync(file, { readOnly: true });
process.stdout.write(JSON.stringify(db.prepare(sql).all(...JSON.parse(params))));
`;

export type Row = Record<string, string | number | null>;

/** Reads n8n's database file from outside, while n8n runs or after it was killed. Only Node 24 has SQLite built in. */
export async function queryDatabase(
	host: Host,
	userFolder: string,
	sql: string,
	...params: Array<string | number>
): Promise<Row[]> {
	const file = join(userFolder, '.n8n', 'database.sqlite');
	const args = ['--disable-warning=ExperimentalWarning', '-e', READ_ROWS, file, sql, JSON.stringify(params)];
	const { stdout } = await promisify(execFile)(host.node, args, { maxBuffer: 64 * 1024 * 1024 });
	return JSON.parse(stdout) as Row[];
}

/** A workflow's stored static data, byte for byte as n8n wrote it; undefined when there is none. */
export async function readStaticData(host: Host, userFolder: string, workflowId: string): Promise<string | undefined> {
	const [row] = await queryDatabase(
		host,
		userFolder,
		'SELECT staticData FROM workflow_entity WHERE id = ?',
		workflowId,
	);
	const text = row?.staticData;
	return typeof text === 'string' ? text : undefined;
}
