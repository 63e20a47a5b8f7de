import { z } from 'zod';
import { PlantError } from '../plant/plant.mts';
import { parseTime } from '../time.mts';

const time = z.string().transform((text, context) => {
	try {
		return parseTime(text);
	} catch (error) {
		context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
		return z.NEVER;
	}
});
const index = z.number().int().min(0);
const switches = z.record(z.union([z.string(), z.number(), z.boolean()]));
const duration = z.number().finite();

const orderAddress = z.object({
	id: z.string().optional(),
	externalOrderId: z.string().optional(),
	operationId: z.string().optional(),
	partNumber: z.string().optional(),
	orderIndex: index.optional(),
});
const serial = z.object({ id: z.string().optional(), externalId: z.string().nullish(), value: z.string() });
const attribute = z.object({ id: z.string().optional(), name: z.string(), externalId: z.string().nullable() });
const which = {
	operationId: z.string().optional(),
	partNumber: z.string().optional(),
	revision: z.string().optional(),
};
const noteFields = {
	externalId: z.string().optional(),
	metadata: z.unknown(),
	images: z.array(z.string()).optional(),
	type: z.string().optional(),
	operator: z.string().optional(),
	station: z.string().optional(),
};

/** The bodies of the control routes. Unknown keys are refused, so that a typo never passes for an accepted setting. */
export const inputs = {
	reset: z
		.object({
			profile: z.string().optional(),
			seed: z.number().int().optional(),
			switches: switches.optional(),
			now: time.optional(),
		})
		.strict(),
	switches,
	clock: z
		.object({
			now: time.optional(),
			advanceMs: duration.optional(),
			freeze: z.boolean().optional(),
			real: z.boolean().optional(),
		})
		.strict(),
	save: z.object({ ...which, externalOrderId: z.string(), orderIndex: index.optional() }).strict(),
	start: orderAddress.strict(),
	complete: orderAddress
		.extend({
			producedSerial: z.string().nullish(),
			consumedSerials: z.array(serial).optional(),
			at: time.optional(),
		})
		.strict(),
	run: z.object({ externalOrderId: z.string().optional() }).strict(),
	bulkCompletions: z
		.object({
			count: z.number().int().min(1).max(1_000_000),
			startAt: time.optional(),
			stepNs: z.number().int().min(0).optional(),
			tieEvery: index.optional(),
			orderPrefix: z.string().optional(),
			unresolvedEvery: index.optional(),
			unresolvedField: z.enum(['operation', 'operationSummary', 'endState', '']).optional(),
		})
		.strict(),
	rawRows: z
		.object({
			kind: z.enum(['completions', 'notes']).optional(),
			rows: z.array(z.string()).min(1),
			startAt: time.optional(),
			stepNs: z.number().int().min(0).optional(),
		})
		.strict(),
	bulkOperations: z.object({ count: z.number().int().min(1).max(100_000) }).strict(),
	deploy: z
		.object({
			operationId: z.string().optional(),
			partNumber: z.string().optional(),
			revision: z.string().optional(),
			name: z.string().optional(),
			kind: z.enum(['product', 'subassembly', 'process']).optional(),
			variantName: z.string().optional(),
			consumedSerials: z.array(attribute).optional(),
			withoutSerial: z.boolean().optional(),
		})
		.strict(),
	archive: z.object(which).strict(),
	structure: z
		.object({
			parentId: z.string().optional(),
			parentPartNumber: z.string().optional(),
			childId: z.string().optional(),
			childPartNumber: z.string().optional(),
			childIndex: index.optional(),
			optional: z.boolean().optional(),
			remove: z.boolean().optional(),
		})
		.strict(),
	noteAdd: z.object({ text: z.string(), ...noteFields }).strict(),
	noteUpdate: z.object({ id: z.string(), text: z.string().optional(), ...noteFields }).strict(),
	cut: z.object({ graceful: z.boolean().optional() }).strict(),
};

/** Reads a body; throws a PlantError that names the field and what is wrong with it. */
export function readInput<T extends z.ZodTypeAny>(schema: T, value: unknown): z.output<T> {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw new PlantError(`${issue.path.join('.') || 'body'}: ${issue.message}`);
}
