import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stopAllChildren } from '../../../../demo/lib/children.mts';
import { findHost } from '../../../../demo/lib/host.mts';
import { hasRunEnded, N8nSession, type Execution } from '../../../../demo/lib/n8n-session.mts';
import { N8n } from '../../../../demo/lib/n8n.mts';
import { installTarball, packPackage } from '../../../../demo/lib/package.mts';
import { plantTemplate, type Plant as Settings } from '../../../../demo/lib/plant-template.mts';
import { until } from '../../../../demo/lib/poll.mts';
import { importCredentials, importWorkflows, publishWorkflows, type Credential, type Workflow } from '../../../../demo/lib/workflows.mts';
import { startSandboxProcess } from '../../../../test/kit/sandbox.mts';
import { Company } from '../../../../test/n8n/templates/odoo/company.mts';
import { around, startDouble, type DialectName, type Double } from '../kit/double.mts';

export interface Template extends Pick<Settings, 'id' | 'settings' | 'everySeconds'> {
	/** File name in `packages/eryxon/templates`, without `.json`. */
	name: string;
	/** Which Eryxon; the newest when left out. */
	dialect?: DialectName;
	published?: boolean;
}

/** An Odoo, one Eryxon of each generation, and a real n8n with templates between them. */
export class Plant {
	private constructor(
		readonly odoo: Company,
		readonly eryxon: Readonly<Record<DialectName, Double>>,
		readonly n8n: N8n,
		readonly session: N8nSession,
		private readonly folder: string,
	) {}

	static async build(templates: readonly Template[]): Promise<Plant> {
		const sandbox = await startSandboxProcess({ odoo: true, eryxon: true });
		const odoo = new Company(sandbox);
		const eryxon = {
			g1: await startDouble({ dialect: 'g1' }),
			g2: await startDouble({ dialect: 'g2' }),
			g3: around(sandbox.eryxon ?? '', sandbox.eryxonApiKey ?? '', async () => await sandbox.close()),
		};
		const credentials = credentialsOf(odoo, eryxon);
		const workflows = templates.map((template) => filledIn(template, odoo, credentials));
		const folder = mkdtempSync(join(tmpdir(), 'eryxon-n8n-'));
		await installTarball(await packPackage(join(process.cwd(), 'packages', 'eryxon'), folder), folder);
		const n8n = await N8n.prepare({ host: findHost(), userFolder: folder });
		await importCredentials(n8n, credentials);
		await importWorkflows(n8n, workflows);
		await publishWorkflows(n8n, templates.filter(({ published }) => published).map(({ id }) => id));
		await n8n.start();
		return new Plant(odoo, eryxon, n8n, await N8nSession.open(n8n.url), folder);
	}

	/** Presses "Execute workflow" and waits for the end of the run. */
	async runByHand(workflowId: string): Promise<Execution> {
		const { executionId } = await this.session.runManually(workflowId, 'Run now');
		return await this.ended(workflowId, String(executionId));
	}

	/** An execution of a workflow once it has ended, with its data. */
	async ended(workflowId: string, executionId: string): Promise<Execution> {
		await until(
			`the end of run ${executionId}`,
			async () => (await this.session.runs(workflowId)).some((run) => run.id === executionId && hasRunEnded(run)),
			{ timeoutMs: 60_000 },
		);
		const found = (await this.session.executions(workflowId)).find(({ id }) => id === executionId);
		if (!found) throw new Error(`Run ${executionId} is gone`);
		return found;
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		await stopAllChildren();
		for (const double of Object.values(this.eryxon)) await double.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

function credentialsOf(odoo: Company, eryxon: Record<DialectName, Double>): Credential[] {
	const { db, apiKey } = odoo.credentials;
	return [
		{ id: 'testOdooKey00001', name: 'Odoo under test', type: 'odooApiKeyApi', data: { url: odoo.url, db, apiKey } },
		...Object.entries(eryxon).map(([dialect, { access }]) => ({
			id: `testEryxonApi0${dialect}`,
			name: `Eryxon ${dialect} under test`,
			type: 'eryxonApi',
			data: { baseUrl: access.baseUrl, apiKey: access.apiKey, externalSource: 'Odoo' },
		})),
	];
}

function filledIn({ name, id, dialect = 'g3', settings, everySeconds }: Template, odoo: Company, all: Credential[]): Workflow & { id: string } {
	const credentials = all.filter(({ type, id: each }) => type !== 'eryxonApi' || each.endsWith(dialect));
	const address: Settings['settings'] = name.endsWith('to-odoo') ? { odooUrl: odoo.url, odooDatabase: odoo.credentials.db } : {};
	return plantTemplate(join(process.cwd(), 'packages', 'eryxon'), name, { id, credentials, settings: { ...address, ...settings }, everySeconds });
}
