import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { N8n } from './n8n.mts';

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string | null; name: string }>;
	[more: string]: unknown;
}

export interface Workflow {
	id?: string;
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[more: string]: unknown;
}

export interface Credential {
	/** Fixed, so that importing again replaces it. */
	id: string;
	name: string;
	/** n8n's name of the credential type, e.g. `picoApi`. */
	type: string;
	data: Record<string, unknown>;
}

export function readTemplate(file: string): Workflow {
	return JSON.parse(readFileSync(file, 'utf8')) as Workflow;
}

/** Gives a template an id and, by type, real credentials in place of its placeholders: what a person does by hand. */
export function fillTemplate(template: Workflow, id: string, credentials: readonly Credential[]): Workflow & { id: string } {
	const nodes = template.nodes.map((node) => {
		if (!node.credentials) return node;
		const chosen = Object.keys(node.credentials).map((type) => {
			const credential = credentials.find((candidate) => candidate.type === type);
			if (!credential) throw new Error(`"${template.name}" needs a credential of type ${type}`);
			return [type, { id: credential.id, name: credential.name }];
		});
		return { ...node, credentials: Object.fromEntries(chosen) };
	});
	return { ...template, nodes, id, active: false };
}

/** Imports credentials through n8n's command line, which encrypts them. Works before n8n was ever started. */
export async function importCredentials(n8n: N8n, credentials: readonly Credential[]): Promise<void> {
	await importFile(n8n, 'import:credentials', credentials);
}

/** Imports workflows, not published. Ids are kept; the stored static data of a workflow that exists stays. */
export async function importWorkflows(n8n: N8n, workflows: readonly Workflow[]): Promise<void> {
	await importFile(n8n, 'import:workflow', workflows);
}

/** Publishes workflows while n8n is stopped: they start with it. */
export async function publishWorkflows(n8n: N8n, ids: readonly string[]): Promise<void> {
	for (const id of ids) await n8n.command('publish:workflow', `--id=${id}`);
}

async function importFile(n8n: N8n, command: string, content: unknown): Promise<void> {
	const folder = mkdtempSync(join(n8n.userFolder, 'import-'));
	try {
		const file = join(folder, 'input.json');
		writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
		await n8n.command(command, `--input=${file}`);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
