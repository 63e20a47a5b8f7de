import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { evaluate } from './evaluate.mts';

interface Finding {
	node: string;
	what: string;
	mend: string;
}

/** Each breaks a good template in one way: title, how (JavaScript on `t`, with `node(name)`), what is to be found where. */
const BROKEN: Array<[title: string, how: string, node: string, what: string]> = [
	['an unknown key at the top', 't.versionId = "1"', '', 'has the key "versionId"'],
	['static data', 't.staticData = {}', '', 'has the key "staticData"'],
	['pinned data', 't.pinData = { Posted: [] }', '', 'holds pinned data'],
	['an active workflow', 't.active = true', '', 'is active'],
	['another execution order', 't.settings = {}', '', 'does not set executionOrder'],
	['two nodes with one name', 'node("Posted").name = "Plant settings"', 'Plant settings', 'same name'],
	['two nodes with one id', 'node("Posted").id = node("Plant settings").id', 'Posted', 'same id'],
	['an unknown key of a node', 'node("Posted").color = 1', 'Posted', 'has the key "color"'],
	['overlapping nodes', 'node("Posted").position = [700, 50]', 'Hand over the unit', 'overlaps "Posted"'],
	['overlapping notes', 'node("Step 2").position = node("Step 1").position', 'Step 1', 'overlaps "Step 2"'],
	['an unknown node type', 'node("Posted").type = "n8n-nodes-base.nothing"', 'Posted', 'n8n-nodes-base.nothing, which is not known'],
	['a newer typeVersion', 'node("Hand over the unit").typeVersion = 1.4', 'Hand over the unit', 'has typeVersion 1.4'],
	['a code node', 'node("Posted").type = "n8n-nodes-base.code"', 'Posted', 'is a code node'],
	['an unknown parameter of our own node', 'node("Completed in Pico").parameters.trigger = 1', 'Completed in Pico', 'has the parameter "trigger"'],
	['an unknown option of our own node', 'node("Completed in Pico").parameters.options.tries = 1', 'Completed in Pico', 'has the parameter "options.tries"'],
	['a missing credential', 'delete node("Completed in Pico").credentials', 'Completed in Pico', 'has no credential of type picoApi'],
	['a credential with an id', 'node("Completed in Pico").credentials.picoApi.id = "7"', 'Completed in Pico', 'by the id "7"'],
	['connections of an unknown node', 't.connections.Gone = { main: [[]] }', 'Gone', 'does not exist'],
	['a connection to an unknown node', 'main("Hand over the unit")[0][0].node = "Gone"', 'Hand over the unit', 'connected to "Gone"'],
	['an input without anything', 'delete t.connections["Hand over the unit"]', 'Posted', 'nothing connected to its input'],
	['a loop that no trigger reaches', 't.connections["When a run fails"].main = [[]]', 'Error table', 'is reached from no trigger'],
	['a branch without an end', 'main("Workflow chosen?")[1] = []', 'Workflow chosen?', 'nothing behind its "false" output'],
	['an error output without anything', 'node("Hand over the unit").onError = "continueErrorOutput"', 'Hand over the unit', 'nothing behind its error output'],
	['an error that runs both outputs', 'node("Hand over the unit").onError = "continueErrorOutput"', 'Hand over the unit', 'always puts out data and has an error output'],
	['a trigger that starts nothing', 'main("When called by another workflow")[0] = []', 'When called by another workflow', 'starts nothing'],
	['an expression that does not parse', 'message("={{ $json. }}")', 'No workflow chosen', 'does not parse'],
	['a question mark that n8n loses', 'message("={{ $json.a?.[$json.b] }}")', 'No workflow chosen', '?.[…] loses its question mark'],
	['a question mark that n8n loses, in a function', 'message("={{ [1].map((key) => $json?.[key]) }}")', 'No workflow chosen', '?.[key] loses its question mark'],
	['a property that n8n forbids', 'message("={{ $json.a.constructor.name }}")', 'No workflow chosen', 'n8n forbids it: Cannot access "constructor"'],
	['a call that n8n forbids', 'message("={{ Object.getPrototypeOf($json) }}")', 'No workflow chosen', 'n8n forbids it: Cannot access "getPrototypeOf"'],
	['a global function that n8n forbids', 'message("={{ setTimeout(() => 1) }}")', 'No workflow chosen', 'uses setTimeout, which n8n forbids'],
	['a global function that n8n does not have', 'message("={{ structuredClone($json) }}")', 'No workflow chosen', 'uses structuredClone, which n8n does not have'],
	['an unknown node in an expression', 'message("={{ $(\'Gone\').item.json.a }}")', 'No workflow chosen', 'refers to "Gone", which does not exist'],
	['an unknown node in an old expression', 'message("={{ $node[\\"Gone\\"].json.a }}")', 'No workflow chosen', 'refers to "Gone"'],
	['a node that runs later', 'message("={{ $(\'Posted\').item.json.a }}")', 'No workflow chosen', 'does not run before it'],
	['the Error Trigger from afar', 'node("Note the error").parameters.columns.value.node = "={{ $(\'When a run fails\').item.json.a }}"', 'Note the error', 'refers to the Error Trigger'],
	['a name that n8n does not have', 'message("={{ $plant.name }}")', 'No workflow chosen', 'uses $plant'],
	['the environment', 'message("={{ $env.HOME }}")', 'No workflow chosen', 'uses $env'],
	['a token', 'message("Bearer abcdefghijkl0123")', 'No workflow chosen', 'looks like a token'],
	['a JSON Web Token', 'message("eyJhbGciOiJIUzI1NiJ9.e30.x")', 'No workflow chosen', 'looks like a token'],
	['a token of a run that is kept', `message("={{ 'Bearer ' + $json.answer }}")`, 'No workflow chosen', 'the run is kept'],
	['random letters', 'message("9fGh2kLmN4pQrS6tUvWx8yZaB1cD3")', 'No workflow chosen', 'looks like a token'],
	['an e-mail address', 'message("ask sam@plant.example.org")', 'No workflow chosen', 'e-mail address sam@plant.example.org'],
	['a real host', 'setting("https://erp.acme.test")', 'Plant settings', 'has the host erp.acme.test'],
	['an address outside of the settings', 'message("http://erp.example.com/x")', 'No workflow chosen', 'holds an address'],
	['an expression in the settings', 'setting("={{ 1 }}")', 'Plant settings', 'is an expression'],
	['no explanation', 'remove("About this workflow")', '', 'no sticky note "About this workflow"'],
	['no settings', 'node("Plant settings").name = "Settings"', '', 'has no node "Plant settings"'],
	['settings that drop the event', 'delete node("Plant settings").parameters.includeOtherFields', 'Plant settings', 'keeps the other fields'],
	['a trigger past the settings', 'main("When called by another workflow")[0][0].node = "Posted"', 'When called by another workflow', 'does not lead to Plant settings'],
	['no Error Trigger', 'remove("When a run fails")', '', 'has no Error Trigger'],
	['an error path with a gap', 'main("What went wrong")[0][0].node = "Note the error"', 'What went wrong', 'does not lead to "Error table"'],
	['errors that go elsewhere', 'node("Note the error").parameters.operation = "insert"', 'Note the error', 'does not upsert into'],
	['events that are skipped', 'delete node("Completed in Pico").parameters.options.afterLastAttempt', 'Completed in Pico', 'does not send what fails'],
	['a Failed output that leads nowhere', 'main("Completed in Pico")[1] = []', 'Completed in Pico', 'does not lead to "Park the event"'],
];

/** Found only where n8n itself is installed, whose descriptions name the parameters. */
const BROKEN_FOR_N8N: typeof BROKEN = [
	['an unknown parameter', 'node("No workflow chosen").parameters.text = ""', 'No workflow chosen', 'has the parameter "text"'],
	['an unknown option', 'node("Hand over the unit").parameters.options.wait = true', 'Hand over the unit', 'has the parameter "options.wait"'],
	['an unknown field of a list', 'node("Error table").parameters.columns.column[0].kind = ""', 'Error table', 'columns.column.kind'],
];
const hasN8n = existsSync('demo/n8n-host/node_modules/n8n-nodes-base/dist/types/nodes.json');
const ALL = hasN8n ? [...BROKEN, ...BROKEN_FOR_N8N] : BROKEN;

describe('the check of the templates', () => {
	let findings: Record<string, Finding[]>;

	beforeAll(async () => {
		const cases = ALL.map(([title, how]) => `${JSON.stringify(title)}: () => { ${how} }`);
		findings = await evaluate(`
			import { readFileSync } from 'node:fs';
			import { checkTemplate } from './scripts/lib/templates/check.mjs';
			import { loadNodeTypes } from './scripts/lib/templates/nodes.mjs';
			const nodeTypes = loadNodeTypes(process.cwd());
			let t;
			const node = (name) => t.nodes.find((each) => each.name === name);
			const main = (name) => t.connections[name].main;
			const message = (text) => { node('No workflow chosen').parameters.errorMessage = text; };
			const setting = (value) => { node('Plant settings').parameters.assignments.assignments[0].value = value; };
			const remove = (name) => { t.nodes = t.nodes.filter((each) => each.name !== name); delete t.connections[name]; };
			const cases = { nothing: () => {}, ${cases.join(', ')} };
			give(Object.fromEntries(Object.entries(cases).map(([title, how]) => {
				t = JSON.parse(readFileSync('templates/park-failed-events.json', 'utf8'));
				how();
				return [title, checkTemplate(t, nodeTypes)];
			})));
		`);
	});

	it('finds nothing in a good template', () => {
		expect(findings.nothing).toEqual([]);
	});

	it.each(ALL)('finds %s', (title, _how, node, what) => {
		const found = findings[title].find((finding) => finding.node === node && finding.what.includes(what));
		expect(found ?? findings[title]).toMatchObject({ node, what: expect.stringContaining(what) });
		expect(found?.mend).not.toBe('');
	});
});

/** The same for a template of the second package, whose nodes and tables are others. */
const BROKEN_ERYXON: typeof BROKEN = [
	['an unknown parameter of its node', 'node("Save the jobs").parameters.job = 1', 'Save the jobs', 'has the parameter "job"'],
	['an unknown option of its node', 'node("Save the jobs").parameters.options.size = 1', 'Save the jobs', 'has the parameter "options.size"'],
	['another version of its node', 'node("Save the jobs").typeVersion = 2', 'Save the jobs', 'has typeVersion 2'],
	['a node that the package does not have', 'node("Save the jobs").type = "n8n-nodes-eryxon.gone"', 'Save the jobs', 'n8n-nodes-eryxon.gone, which is not known'],
	['a missing credential', 'delete node("Save the jobs").credentials', 'Save the jobs', 'has no credential of type eryxonApi'],
	['the errors of the other package', 'node("Note the error").parameters.dataTableId.value = "Pico workflow errors"', 'Note the error', 'does not upsert into "Eryxon workflow errors"'],
];

describe('the check of the Eryxon templates', () => {
	let findings: Record<string, Finding[]>;

	beforeAll(async () => {
		const cases = BROKEN_ERYXON.map(([title, how]) => `${JSON.stringify(title)}: () => { ${how} }`);
		findings = await evaluate(`
			import { readFileSync } from 'node:fs';
			import { checkTemplate } from './scripts/lib/templates/check.mjs';
			import { loadNodeTypes } from './scripts/lib/templates/nodes.mjs';
			const nodeTypes = loadNodeTypes(process.cwd());
			let t;
			const node = (name) => t.nodes.find((each) => each.name === name);
			const cases = { nothing: () => {}, ${cases.join(', ')} };
			give(Object.fromEntries(Object.entries(cases).map(([title, how]) => {
				t = JSON.parse(readFileSync('packages/eryxon/templates/odoo-orders-to-eryxon.json', 'utf8'));
				how();
				return [title, checkTemplate(t, nodeTypes)];
			})));
		`);
	});

	it('finds nothing in a good template', () => {
		expect(findings.nothing).toEqual([]);
	});

	it.each(BROKEN_ERYXON)('finds %s', (title, _how, node, what) => {
		const found = findings[title].find((finding) => finding.node === node && finding.what.includes(what));
		expect(found ?? findings[title]).toMatchObject({ node, what: expect.stringContaining(what) });
	});
});

describe('the command', () => {
	it('reads the templates of all packages, and finds nothing in them', async () => {
		const { stdout } = await promisify(execFile)(process.execPath, ['scripts/check-templates.mjs']);
		const files = ['templates', 'packages/eryxon/templates'].flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.json')));
		expect(stdout).toContain(`${files.length} templates, nothing found`);
	});
});
