import { control, type Doubles } from '../../demo/lib/doubles.mts';
import { hasRunEnded, type N8nSession } from '../../demo/lib/n8n-session.mts';
import type { NetsuiteAccess } from '../../demo/lib/netsuite-credentials.mts';
import { until } from '../../demo/lib/poll.mts';
import type { Person } from './person.mts';

export interface Walk {
	person: Person;
	session: N8nSession;
	doubles: Doubles;
	netsuite: NetsuiteAccess;
}

/** A unit that the shop floor finishes; the serials of what was built in by part number. */
interface Unit {
	externalOrderId: string;
	partNumber: string;
	producedSerial: string | null;
	builtIn: Record<string, string>;
}

/** Walks docs/connect-odoo.md and docs/connect-netsuite.md from beginning to end, taking their pictures. */
export async function guides(walk: Walk): Promise<void> {
	await timed('what both guides begin with', async () => {
		await install(walk);
		await picoCredential(walk);
	});
	await timed('docs/connect-odoo.md', async () => await connectOdoo(walk));
	await timed('docs/connect-netsuite.md', async () => await connectNetsuite(walk));
}

/** Says how long a machine takes for a guide: what is left of the quarter of an hour is reading and typing. */
async function timed(what: string, work: () => Promise<void>): Promise<void> {
	const started = Date.now();
	await work();
	console.log(`${what}: ${Math.round((Date.now() - started) / 1000)} s, pictures included`);
}

async function install({ person: { editor } }: Walk): Promise<void> {
	const { page } = editor;
	await editor.goto('/settings/community-nodes');
	await page.getByRole('button', { name: 'Install a community node' }).click();
	const name = page
		.getByTestId('communityPackageInstall-modal')
		.locator('input[name="packageNameInput"], input[type="text"]')
		.first();
	await name.fill('n8n-nodes-pico-mes');
	await editor.shoot('guides/install');
}

async function picoCredential({ person, doubles: { pico } }: Walk): Promise<void> {
	await person.newCredential('Pico MES API', 'Pico MES account', {
		endpoint: `${pico.url}/graph/v2`,
		token: pico.token,
	});
	await person.saveCredential();
	await person.editor.closeMessages();
	await person.editor.shoot('guides/pico-credential');
}

async function connectOdoo(walk: Walk): Promise<void> {
	const { person, doubles } = walk;
	const { editor } = person;
	const { url, credentials } = doubles.odoo;
	const headers = { Authorization: `bearer ${credentials.apiKey}`, 'X-Odoo-Database': credentials.db };
	await person.newCredential('Custom Auth', 'Odoo account', { json: JSON.stringify({ headers }) });
	await person.saveUntestedCredential();
	await editor.closeMessages();
	await editor.shoot('guides/odoo-credential');

	await person.importTemplate(
		'odoo-orders-to-pico',
		async () => await editor.shoot('guides/import', { pointer: 'stays' }),
	);
	await expectNoIssues(person);
	await person.fillPlantSettings({ odooUrl: url });
	await person.closePanel();
	await person.execute('Run now');
	await fit(person);
	await editor.shoot('guides/odoo-orders');
	await person.publish(async () => await editor.shoot('guides/publish'));

	await person.importTemplate('pico-completions-to-odoo');
	await expectNoIssues(person);
	await person.fillPlantSettings({ odooUrl: url });
	await editor.closeMessages();
	await editor.shoot('guides/odoo-plant-settings');
	await person.closePanel();
	await person.publish();
	const { workflowId } = person;
	await published(walk, workflowId);

	const { orders } = await control<{ orders: Array<{ name: string; quantity: number; partNumber: string }> }>(
		url,
		'GET',
		'state',
	);
	const pump = orders.find(({ quantity, partNumber }) => quantity === 1 && partNumber === 'PUMP-100') ?? orders[0];
	const motor = { 'MOTOR-20': 'MOTOR-4711', 'HOUSING-10': 'HOUSING-0815' };
	await finish(walk, {
		externalOrderId: pump.name,
		partNumber: 'PUMP-100',
		producedSerial: 'PUMP-26-0041',
		builtIn: motor,
	});
	await runsOf(walk, workflowId, 1);
	await showRuns(walk, workflowId, 'guides/odoo-executions');
	await showPage(person, `${url}/`, 'guides/odoo-order-done');

	// A serialised pump without a serial number: refused in each attempt, then parked.
	const three = orders.find(({ quantity, partNumber }) => quantity === 3 && partNumber === 'PUMP-100') ?? orders[1];
	await finish(walk, { externalOrderId: three.name, partNumber: 'PUMP-100', producedSerial: null, builtIn: {} });
	await until('the parked event', async () => (await tableIds(walk.session)).has('Pico failed events'), {
		timeoutMs: 90_000,
		everyMs: 500,
	});
	await showTable(walk, 'Pico failed events', 'guides/failed-events');
}

async function connectNetsuite(walk: Walk): Promise<void> {
	const { person, netsuite } = walk;
	const { editor } = person;
	const { plainUrl, credentials } = netsuite;
	const { clientId, certificateId, privateKey } = credentials;
	await person.newCredential('JWT Auth', 'NetSuite key', {});
	await person.chooseInCredential('keyType', 'PEM Key');
	await person.chooseInCredential('algorithm', 'PS256');
	await person.fillCredential({ privateKey });
	await person.saveUntestedCredential();
	await editor.closeMessages();
	await editor.shoot('guides/netsuite-credential');

	await person.importTemplate('netsuite-calls');
	await expectNoIssues(person);
	await person.fillPlantSettings({ netsuiteUrl: plainUrl, clientId, certificateId, certificateEnds: '2028-11-30' });
	await editor.closeMessages();
	await editor.shoot('guides/netsuite-plant-settings');
	await person.closePanel();
	await person.execute('Try it');
	await person.publish();
	const callsWorkflowId = person.workflowId;

	await person.importTemplate('netsuite-book-a-unit');
	await person.fillPlantSettings({ callsWorkflowId });
	await person.closePanel();
	await person.publish();
	const bookingWorkflowId = person.workflowId;

	await person.importTemplate('netsuite-orders-to-pico');
	await expectNoIssues(person);
	await person.fillPlantSettings({ callsWorkflowId });
	await person.closePanel();
	await person.execute('Run now');
	await fit(person);
	await editor.shoot('guides/netsuite-orders');
	await person.publish();

	await person.importTemplate('pico-completions-to-netsuite');
	await expectNoIssues(person);
	await person.fillPlantSettings({ bookingWorkflowId });
	await person.closePanel();
	await person.publish();
	const { workflowId } = person;
	await published(walk, workflowId);
	const builtIn = { 'MOTOR-20': 'MOTOR-4712', 'HOUSING-10': 'HOUSING-0816' };
	await finish(walk, { externalOrderId: 'WO1', partNumber: 'PUMP-100', producedSerial: 'PUMP-26-0042', builtIn });
	await until(
		'the booking',
		async () => (await control<{ completions: unknown[] }>(plainUrl, 'GET', 'state')).completions.length > 0,
		{
			timeoutMs: 90_000,
			everyMs: 300,
		},
	);
	await runsOf(walk, workflowId, 1);
	await showRuns(walk, workflowId, 'guides/netsuite-executions');
	await showPage(person, `${plainUrl}/`, 'guides/netsuite-order-built');
}

/** Credentials with the names of the templates are chosen by the import itself; anything left would be work for a person. */
async function expectNoIssues(person: Person): Promise<void> {
	await until('the import', async () => (await person.nodesWithIssues()).length === 0, { timeoutMs: 10_000 }).catch(
		async () => {
			throw new Error(`After the import these nodes want something: ${(await person.nodesWithIssues()).join(', ')}`);
		},
	);
}

async function fit({ editor: { page } }: Person): Promise<void> {
	await page.getByTestId('zoom-to-fit').first().click();
}

/**
 * n8n starts a published trigger in the background; what happened before is not new to it. It is published once its stream
 * is open, which a count of streams does not show: other workflows have streams too.
 */
async function published({ session }: Walk, workflowId: string): Promise<void> {
	const status = async () => (await session.rest<{ status: string }>('GET', `/workflows/${workflowId}/publication-status`)).status;
	await until('the workflow to be published', async () => (await status()) === 'published', { timeoutMs: 90_000, everyMs: 300 });
}

async function finish(
	{ doubles: { pico } }: Walk,
	{ externalOrderId, partNumber, producedSerial, builtIn }: Unit,
): Promise<void> {
	const unit = { externalOrderId, partNumber, orderIndex: 0 };
	const consumedSerials = Object.entries(builtIn).map(([externalId, value], index) => ({
		id: `attr-${index}`,
		externalId,
		value,
	}));
	await control(pico.url, 'POST', 'orders/start', unit);
	await control(pico.url, 'POST', 'orders/complete', { ...unit, producedSerial, consumedSerials });
}

async function runsOf({ session }: Walk, workflowId: string, least: number): Promise<void> {
	await until(
		'the runs to end',
		async () => {
			const runs = await session.runs(workflowId);
			return runs.length >= least && runs.every(hasRunEnded);
		},
		{ timeoutMs: 90_000, everyMs: 300 },
	);
}

async function showRuns({ person: { editor } }: Walk, workflowId: string, name: string): Promise<void> {
	const { page } = editor;
	await editor.goto(`/workflow/${workflowId}/executions`);
	await page.getByTestId('execution-preview-label').waitFor();
	const suggestion = page.getByTestId('suggested-actions-close').first();
	if (await suggestion.isVisible()) await suggestion.click();
	await page.getByTestId('canvas-node').first().waitFor();
	await page.getByTestId('zoom-to-fit').first().click();
	await editor.shoot(name);
}

async function showPage({ editor }: Person, url: string, name: string): Promise<void> {
	await editor.page.goto(url);
	await editor.page.locator('table tbody tr').first().waitFor();
	await editor.shoot(name);
}

/** Data tables by name, with the path of each in the editor. */
async function tableIds(session: N8nSession): Promise<Map<string, string>> {
	const { data } = await session.rest<{ data: Array<{ id: string; projectId: string; name: string }> }>(
		'GET',
		'/data-tables-global',
	);
	return new Map(data.map(({ id, projectId, name }) => [name, `/projects/${projectId}/datatables/${id}`]));
}

async function showTable({ person: { editor }, session }: Walk, table: string, name: string): Promise<void> {
	const path = (await tableIds(session)).get(table);
	if (!path) throw new Error(`There is no data table ${table}`);
	// Wide, so that the reason is not cut; most of the window below the rows is empty.
	const width = 2000;
	await editor.page.setViewportSize({ width, height: editor.size.height });
	await editor.goto(path);
	await editor.page.getByText('parked').first().waitFor();
	await editor.shoot(name, { clip: { x: 0, y: 0, width, height: 240 } });
	await editor.page.setViewportSize(editor.size);
}
