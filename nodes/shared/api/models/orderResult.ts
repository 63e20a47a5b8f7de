import { z } from '../../vendor/zod';

const result = z.object({ message: z.string().nullish() }).nullish();

const answers = { save: z.object({ operationOrderSave: result }), cancel: z.object({ operationOrderCancel: result }) };

/** The `message` with which Pico answers an order mutation; `undefined` when it says nothing. */
export function orderMessage(data: unknown): string | undefined {
	const save = answers.save.safeParse(data);
	if (save.success && save.data.operationOrderSave) return save.data.operationOrderSave.message ?? undefined;
	const cancel = answers.cancel.safeParse(data);
	return cancel.success ? (cancel.data.operationOrderCancel?.message ?? undefined) : undefined;
}
