import { createRequire } from 'node:module';
import { Tournament, astVisit } from '@n8n/tournament';
import { upstreamOf } from './graph.mjs';
import { isExpression, textsIn } from './values.mjs';

const NODE_REFERENCES = [/\$\(\s*(["'`])(.+?)\1\s*\)/g, /\$(?:node|items)\s*[[(]\s*(["'`])(.+?)\1\s*[\])]/g];
/** What a template may refer to; environment, secrets and variables of an instance are somebody's own. */
const KNOWN = new Set([
	'json', 'binary', 'input', 'node', 'items', 'now', 'today', 'workflow', 'execution', 'itemIndex', 'runIndex', 'prevNode',
	'parameter', 'jmespath', 'if', 'ifEmpty', 'min', 'max', 'position', 'nodeVersion', 'pageCount', 'response', 'request',
]);

// Their ES modules name files without an ending, which Node.js does not load.
const require = createRequire(import.meta.url);
const { Expression } = require('n8n-workflow');
const { expressionSandboxHooks } = require('n8n-workflow/expression-sandboxing');

/** What n8n has in an expression besides names with a dollar sign. Those that it forbids are there too, as empty objects. */
const globals = {};
Expression.initializeGlobalContext(globals);

let lostQuestionMarks = [];
/** n8n rewrites `a?.[name]` to `a[…]`: the question mark is gone, and the run fails where `a` is missing. It keeps `a?.b` and `a?.['b']`. */
const findLostQuestionMarks = (ast) =>
	astVisit(ast, {
		visitMemberExpression(path) {
			this.traverse(path);
			const { optional, computed, property } = path.node;
			if (optional && computed && !/Literal$/.test(property.type)) lostQuestionMarks.push(property.name ?? '…');
			else if (optional && property.type === 'TemplateLiteral') lostQuestionMarks.push('`…`');
		},
	});

/** n8n's own rewriting, with what it does for safety: calls that it forbids are errors here as well. */
const rewriter = new Tournament(() => {}, undefined, undefined, {
	before: [findLostQuestionMarks, ...expressionSandboxHooks.before],
	after: expressionSandboxHooks.after,
});

/** Expressions parse, use names that n8n has, and refer to nodes that ran before. */
export function checkExpressions({ workflow, report }) {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	const errorTriggers = new Set(workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.errorTrigger').map(({ name }) => name));
	for (const node of workflow.nodes) {
		const before = upstreamOf(workflow, node.name);
		for (const { path, text } of textsIn(node.parameters).filter(({ text }) => isExpression(text))) {
			const say = (what, mend) => report(node.name, `${path}: ${what}`, mend);
			const { wrong, lost, free } = rewrite(text.slice(1));
			if (wrong) say(`the expression does not parse, or n8n forbids it: ${wrong}`, 'try it in the expression editor of n8n');
			for (const name of lost) say(`?.[${name}] loses its question mark in n8n`, `write (a || {})[${name}]`);
			for (const name of free.filter((each) => !each.startsWith('$'))) {
				const known = globals[name];
				if (known === undefined && !Object.hasOwn(globals, name)) say(`uses ${name}, which n8n does not have`, 'declare it, or do without');
				else if (isForbidden(known)) say(`uses ${name}, which n8n forbids`, 'do without');
			}
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

/** Templates share many expressions, and n8n's rewriting takes its time. */
const rewritten = new Map();

/** What n8n makes of an expression: why not, question marks that it loses, and names that the expression does not declare. */
function rewrite(expression) {
	if (!rewritten.has(expression)) rewritten.set(expression, rewriteOnce(expression));
	return rewritten.get(expression);
}

function rewriteOnce(expression) {
	lostQuestionMarks = [];
	try {
		const [code] = rewriter.getExpressionCode(expression);
		const free = [...code.matchAll(/\("([^"]+)" in ___n8n_data \?/g)].map(([, name]) => name);
		return { lost: lostQuestionMarks, free: [...new Set(free)] };
	} catch (cause) {
		return { wrong: cause.message, lost: [], free: [] };
	}
}

/** n8n puts an empty object in the place of what it forbids. */
const isForbidden = (value) => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && Reflect.ownKeys(value).length === 0;

const referredNodes = (text) => [...new Set(NODE_REFERENCES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, , name]) => name)))];

const asksWhetherRun = (text, name) => [`'`, `"`, '`'].some((quote) => text.includes(`$(${quote}${name}${quote}).isExecuted`));

/** Names behind a dollar sign inside {{ }}, outside of quoted text. */
function referredNames(text) {
	const code = [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].map(([, inner]) => inner.replace(/(["'])(?:\\.|(?!\1).)*\1/g, '""')).join(' ');
	return [...new Set([...code.matchAll(/(?<![\w$.])\$([a-zA-Z]\w*)/g)].map(([, name]) => name))];
}
