import { STICKY } from './graph.mjs';
import { textsIn } from './values.mjs';

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const URL = /\bhttps?:\/\/([^\s/:"'`{}()<>]+)/g;
/** Nobody's: example.com, and what vendors write in their own examples of an address (my-account, 1234567). */
const EXAMPLE = /(^|\.)example\.com$/i;
const PLACEHOLDER = /^(my|your)-[a-z-]+\.|^1234567\./i;
/** Public documentation that a sticky note may link to. */
const DOCUMENTATION = /^(docs\.n8n\.io|www\.odoo\.com|docs\.oracle\.com|system\.netsuite\.com|github\.com|www\.npmjs\.com)$/i;
const TOKENS = [
	/\beyJ[\w-]{10,}/,
	/\b(?:sk|pk|ghp|gho|xox[abp]|glpat|AKIA)[-_]?[A-Za-z0-9_-]{16,}/,
	/\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/-]{12,}/i,
	/-----BEGIN [A-Z ]+-----/,
	// Long, with small and capital letters and digits, and no words: nothing that a person writes.
	/(?<![\w/.-])(?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[A-Z])(?=(?:[A-Za-z_-]*\d){3})[A-Za-z0-9_-]{28,}(?![\w/.-])/,
	/(?<![\w-])[0-9a-f]{32,}(?![\w-])/i,
];
const SECRET_NAME = /(password|passwd|secret|token|api[-_]?key|authorization)$/i;

/** A token that comes out of a node: it would lie in every execution that n8n keeps. */
const TOKEN_OF_A_RUN = /['"`]Bearer ['"`] *\+|['"`]Bearer \$\{/;
const KEEPS_NOTHING = { saveDataErrorExecution: 'none', saveDataSuccessExecution: 'none', saveManualExecutions: false, saveExecutionProgress: false };

/** Nothing in a template belongs to somebody. */
export function checkSecrets({ workflow, report }) {
	const holder = workflow.nodes.find(({ parameters }) => textsIn(parameters).some(({ text }) => TOKEN_OF_A_RUN.test(text)));
	const isKept = Object.entries(KEEPS_NOTHING).some(([setting, value]) => workflow.settings?.[setting] !== value);
	if (holder && isKept) report(holder.name, 'sends a token that its own run got, and the run is kept', `set in settings: ${JSON.stringify(KEEPS_NOTHING)}`);
	for (const node of workflow.nodes) {
		for (const [type, { id }] of Object.entries(node.credentials ?? {})) {
			if (id !== null) report(node.name, `names the credential ${type} by the id "${id}"`, 'set the id to null: n8n then chooses the credential of that name');
		}
		for (const { path, text } of textsIn({ ...node.parameters, ...(node.notes ? { notes: node.notes } : {}) })) {
			if (TOKENS.some((pattern) => pattern.test(text))) report(node.name, `${path} looks like a token`, 'put it into a credential');
			for (const [address] of text.matchAll(EMAIL)) {
				if (!EXAMPLE.test(address.split('@')[1])) report(node.name, `${path} has the e-mail address ${address}`, 'use an address at example.com, in Plant settings');
			}
			for (const [, host] of text.matchAll(URL)) {
				const documentation = node.type === STICKY && DOCUMENTATION.test(host);
				if (!documentation && !EXAMPLE.test(host) && !PLACEHOLDER.test(host)) report(node.name, `${path} has the host ${host}`, 'use example.com, in Plant settings');
			}
		}
		for (const { name, value } of headersOf(node)) {
			if (SECRET_NAME.test(name) && value && !/^=\s*\{\{/.test(value)) report(node.name, `sends "${name}" with a fixed value`, 'put it into a credential');
		}
	}
}

function headersOf({ parameters }) {
	const lists = ['headerParameters', 'queryParameters', 'bodyParameters'].map((key) => parameters[key]?.parameters ?? []);
	return [...lists.flat(), ...(parameters.assignments?.assignments ?? [])].map(({ name, value }) => ({ name: String(name), value: String(value ?? '') }));
}
