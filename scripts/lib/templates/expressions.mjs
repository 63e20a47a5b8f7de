import { Tournament } from '@n8n/tournament';
import { upstreamOf } from './graph.mjs';
import { isExpression, textsIn } from './values.mjs';

const NODE_REFERENCES = [/\$\(\s*(["'`])(.+?)\1\s*\)/g, /\$(?:node|items)\s*[[(]\s*(["'`])(.+?)\1\s*[\])]/g];
/** What a template may refer to; environment, secrets and variables of an instance are somebody's own. */
const KNOWN = new Set([
	'json', 'binary', 'input', 'node', 'items', 'now', 'today', 'workflow', 'execution', 'itemIndex', 'runIndex', 'prevNode',
	'parameter', 'jmespath', 'if', 'ifEmpty', 'min', 'max', 'position', 'nodeVersion', 'pageCount', 'response', 'request',
]);

const parser = new Tournament(() => {});

/** Expressions parse, use names that n8n has, and refer to nodes that ran before. */
export function checkExpressions({ workflow, report }) {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	const errorTriggers = new Set(workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.errorTrigger').map(({ name }) => name));
	for (const node of workflow.nodes) {
		const before = upstreamOf(workflow, node.name);
		for (const { path, text } of textsIn(node.parameters).filter(({ text }) => isExpression(text))) {
			const say = (what, mend) => report(node.name, `${path}: ${what}`, mend);
			const wrong = syntaxError(text.slice(1));
			if (wrong) say(`the expression does not parse: ${wrong}`, 'try it in the expression editor of n8n');
			for (const name of referredNodes(text)) {
				if (errorTriggers.has(name)) say(`refers to the Error Trigger "${name}"`, 'take what is needed from $json right behind it: an error that a trigger reports cannot be read from further away');
				if (!names.has(name)) say(`refers to "${name}", which does not exist`, 'correct the name');
				// Another branch that may have run before: right as long as the expression asks whether it did.
				else if (!before.has(name) && !asksWhetherRun(text, name)) {
					say(`refers to "${name}", which does not run before it`, 'refer to a node on the way to this one');
				}
			}
			for (const name of referredNames(text)) {
				if (!KNOWN.has(name)) say(`uses $${name}, which a template must not or n8n does not have`, `use one of ${[...KNOWN].map((known) => `$${known}`).join(', ')}`);
			}
		}
	}
}

function syntaxError(expression) {
	try {
		parser.getExpressionCode(expression);
		return undefined;
	} catch (cause) {
		return cause.message;
	}
}

const referredNodes = (text) => [...new Set(NODE_REFERENCES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, , name]) => name)))];

const asksWhetherRun = (text, name) => [`'`, `"`, '`'].some((quote) => text.includes(`$(${quote}${name}${quote}).isExecuted`));

/** Names behind a dollar sign inside {{ }}, outside of quoted text. */
function referredNames(text) {
	const code = [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, inner]) => inner.replace(/(["'])(?:\\.|(?!\1).)*\1/g, '""')).join(' ');
	return [...new Set([...code.matchAll(/(?<![\w$.])\$([a-zA-Z]\w*)/g)].map(([, name]) => name))];
}
