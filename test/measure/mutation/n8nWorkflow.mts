/** The parts of n8n-workflow that the code under test takes, without the rest: loading that costs more than all tests of a mutant. */
export { sleep } from '../../../node_modules/@n8n/utils/dist/sleep.cjs';
export { NodeApiError } from '../../../node_modules/n8n-workflow/dist/cjs/errors/node-api.error.js';
export { NodeOperationError } from '../../../node_modules/n8n-workflow/dist/cjs/errors/node-operation.error.js';
