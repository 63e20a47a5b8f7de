import { isObject } from '../web/http.mts';
import type { Finding } from './errors.mts';
import { statuses, type TableName } from './schema.mts';
import type { Values } from './table.mts';

const finding = (entityType: string, field: string, constraint: string, message: string, value?: unknown): Finding => ({
	field,
	message,
	...(value === undefined ? {} : { value }),
	constraint,
	entityType,
});

type Report = (field: string, constraint: string, message: string, value?: unknown) => void;

function collect(entityType: string, check: (report: Report) => void): Finding[] {
	const found: Finding[] = [];
	check((field, constraint, message, value) => found.push(finding(entityType, field, constraint, message, value)));
	return found;
}

function requiredText(values: Values, field: string, report: Report, max?: number): void {
	const value = values[field];
	if (value === undefined || value === null || value === '') return report(field, 'NOT_NULL', `${field} is required`);
	if (typeof value !== 'string') return report(field, 'TYPE_MISMATCH', `${field} must be a string`, value);
	if (max !== undefined && value.length > max) {
		report(field, 'MAX_LENGTH', `${field} must be at most ${max} characters`, value);
	}
}

/** Jobs have a validator (422); parts, operations, cells and resources have none. */
export function validateJob(job: Values): Finding[] {
	return collect('job', (report) => {
		requiredText(job, 'job_number', report, 255);
		const { status, due_date: due, customer, parts } = job;
		if (status !== undefined && status !== null && !(statuses as readonly unknown[]).includes(status)) {
			report('status', 'ENUM_CONSTRAINT', `status must be one of: ${statuses.join(', ')}`, status);
		}
		if (due !== undefined && due !== null && (typeof due !== 'string' || Number.isNaN(Date.parse(due)))) {
			report('due_date', 'DATE_FORMAT', 'due_date must be a valid date', due);
		}
		if (customer !== undefined && customer !== null && typeof customer !== 'string') {
			report('customer', 'TYPE_MISMATCH', 'customer must be a string', customer);
		}
		if (parts !== undefined) validateParts(parts, report);
	});
}

function validateParts(parts: unknown, report: Report): void {
	if (!Array.isArray(parts)) return report('parts', 'TYPE_MISMATCH', 'parts must be an array', parts);
	if (parts.length === 0) return report('parts', 'MIN_LENGTH', 'parts must contain at least one part');
	const numbers = new Set<unknown>();
	parts.forEach((part: unknown, index) => {
		const at = `parts[${index}]`;
		if (!isObject(part)) return report(at, 'TYPE_MISMATCH', `${at} must be an object`, part);
		const nested: Report = (field, ...rest) => report(`${at}.${field}`, ...rest);
		requiredText(part, 'part_number', nested);
		if (numbers.has(part.part_number)) {
			nested('part_number', 'UNIQUE_CONSTRAINT', 'part_number must be unique in the job', part.part_number);
		}
		numbers.add(part.part_number);
		wholeNumber(part, 'quantity', nested);
		validateOperations(part.operations, nested);
	});
}

function validateOperations(operations: unknown, report: Report): void {
	if (!Array.isArray(operations) || operations.length === 0) {
		return report('operations', 'MIN_LENGTH', 'operations must contain at least one operation');
	}
	const sequences = new Set<unknown>();
	operations.forEach((operation: unknown, index) => {
		const at = `operations[${index}]`;
		if (!isObject(operation)) return report(at, 'TYPE_MISMATCH', `${at} must be an object`, operation);
		const nested: Report = (field, ...rest) => report(`${at}.${field}`, ...rest);
		requiredText(operation, 'operation_name', nested);
		wholeNumber(operation, 'sequence', nested);
		if (sequences.has(operation.sequence)) {
			nested('sequence', 'UNIQUE_CONSTRAINT', 'sequence must be unique in the part', operation.sequence);
		}
		sequences.add(operation.sequence);
	});
}

function wholeNumber(values: Values, field: string, report: Report): void {
	const value = values[field];
	if (typeof value !== 'number' || !Number.isInteger(value)) {
		return report(field, 'TYPE_MISMATCH', `${field} must be an integer`, value);
	}
	if (value < 1) report(field, 'MIN_VALUE', `${field} must be at least 1`, value);
}

function validateIssue(issue: Values): Finding[] {
	return collect('issue', (report) => {
		for (const field of ['operation_id', 'title', 'description', 'severity']) requiredText(issue, field, report);
	});
}

/** A webhook needs an address, events and a secret; 0.10.0 and later also a name. Event names are not checked. */
export function validateWebhook(webhook: Values, strict: boolean, httpsOnly: boolean): Finding[] {
	return collect('webhook', (report) => {
		const { url, events } = webhook;
		requiredText(webhook, 'url', report);
		if (typeof url === 'string' && url !== '' && !(httpsOnly ? /^https:\/\//i : /^https?:\/\//i).test(url)) {
			report('url', 'PATTERN_MISMATCH', `url must be a valid ${httpsOnly ? 'HTTPS' : 'HTTP or HTTPS'} URL`, url);
		}
		if (!Array.isArray(events) || events.length === 0) {
			report('events', 'MIN_LENGTH', 'events must be a non-empty array', events);
		}
		requiredText(webhook, 'secret_key', report);
		if (strict) requiredText(webhook, 'name', report);
	});
}

/** What the validator of a table finds; most tables have none. */
export function validatorOf(table: TableName): ((values: Values) => Finding[]) | undefined {
	if (table === 'jobs') return validateJob;
	if (table === 'issues') return validateIssue;
	return undefined;
}
