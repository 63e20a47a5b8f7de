import { z } from '../../vendor/zod';

const handle = z.object({
	subscriptionId: z.string().nullish(),
	webhookUrl: z.string().nullish(),
	responseFragment: z.string().nullish(),
	createdAt: z.string().nullish(),
	lastEventAt: z.string().nullish(),
});

export type WebhookHandle = z.infer<typeof handle>;

const list = z.object({ webhookSubscriptions: z.array(handle.nullable()).nullish() });
const subscribed = z.object({ webhookSubscribe: handle.extend({ __typename: z.string() }).nullish() });
const unsubscribed = z.object({
	webhookUnsubscribe: z.object({ success: z.boolean().nullish(), message: z.string().nullish() }).nullish(),
});

/** The webhooks of an answer; `undefined` when the answer has another shape. */
export function readWebhooks(data: unknown): WebhookHandle[] | undefined {
	const parsed = list.safeParse(data);
	if (!parsed.success) return undefined;
	return (parsed.data.webhookSubscriptions ?? []).filter((entry) => entry !== null);
}

/** The new webhook, or the name of what Pico answered in its place. */
export function readSubscribed(data: unknown): WebhookHandle | { instead: string } {
	const parsed = subscribed.safeParse(data);
	const answer = parsed.success ? parsed.data.webhookSubscribe : undefined;
	if (!answer) return { instead: 'nothing' };
	const { __typename: type, ...found } = answer;
	return type === 'SubscriptionHandle' ? found : { instead: type };
}

export function readUnsubscribed(data: unknown): { success: boolean; message?: string } {
	const parsed = unsubscribed.safeParse(data);
	const answer = parsed.success ? parsed.data.webhookUnsubscribe : undefined;
	return { success: answer?.success === true, ...(answer?.message ? { message: answer.message } : {}) };
}
