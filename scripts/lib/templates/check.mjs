import { checkExpressions } from './expressions.mjs';
import { checkHouse } from './house.mjs';
import { checkNodeTypes } from './parameters.mjs';
import { checkSecrets } from './secrets.mjs';
import { checkShape } from './shape.mjs';
import { checkWiring } from './wiring.mjs';

const CHECKS = [checkShape, checkNodeTypes, checkWiring, checkExpressions, checkSecrets, checkHouse];

/**
 * Finds what must not be in a template.
 *
 * @param workflow parsed JSON of the file
 * @param nodeTypes from `loadNodeTypes`
 * @returns {Array<{ node: string, what: string, mend: string }>} node is empty for what concerns the whole file
 */
export function checkTemplate(workflow, nodeTypes) {
	const findings = [];
	const report = (node, what, mend) => findings.push({ node, what, mend });
	for (const check of CHECKS) check({ workflow, nodeTypes, report });
	return findings;
}
