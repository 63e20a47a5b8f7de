import { Dialect } from '../../../../nodes/shared/api/dialect/dialect.ts';
import { until } from '../../../kit/until.mts';
import { WebhookHost } from '../../../kit/webhookHost.mts';
import { faultProxy, type Fault } from '../../kit/faultProxy.mts';
import { usePlant } from '../../kit/plant.mts';
import { scenario, size } from '../../kit/scenario.mts';

interface Webhook {
	subscriptionId: string;
	webhookUrl: string;
}

const plant = usePlant();
const OWN = 'n8n-workflow1-node-1-prod';
const FOREIGN = 'other-app';
const ELSEWHERE = 'http://127.0.0.1:9/other';

async function webhooks(): Promise<Webhook[]> {
	return (await plant.sandbox.control<{ webhooks: Webhook[] }>('GET', 'state')).webhooks;
}

/** Something that other people do to Pico's webhooks. */
async function others(mutation: string): Promise<void> {
	await fetch(plant.sandbox.endpoint, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-pico-api-org': plant.sandbox.token },
		body: JSON.stringify({ query: `mutation { ${mutation} }` }),
	}).then(async (response) => await response.text());
}

const subscribe = async (id: string) =>
	await others(`webhookSubscribe(input: { subscriptionID: "${id}", responseFragment: "fragment F on Operation { id }", webhookUrl: "${ELSEWHERE}" }) { subscriptionId }`);
const unsubscribe = async (id: string) => await others(`webhookUnsubscribe(subscriptionId: "${id}") { success }`);

scenario('R17', 'the webhook trigger through changed addresses, foreign hooks and a Pico that fails or is down', async (random) => {
	const operations = size(500, 40);
	await plant.reset();
	Dialect.forgetAll();
	let broken: 'no' | 'some' | 'all' = 'no';
	const proxy = await faultProxy(plant.sandbox.endpoint, (): Fault => {
		if (broken === 'no' || (broken === 'some' && random.chance(0.6))) return { kind: 'none' };
		return random.pick<Fault>([{ kind: 'status', status: 404 }, { kind: 'status', status: 500 }, { kind: 'unanswered' }]);
	});
	const host = await new WebhookHost({ endpoint: proxy.endpoint, token: plant.sandbox.token }).open();
	const own = new URL(host.url).origin;
	await subscribe(FOREIGN);
	let active = false;
	let events = 0;
	let injected = 0;

	/** As n8n: up to five tries; a person then tries again when Pico is well. */
	const activate = async () => {
		for (let tried = 0; tried < 5; tried++) {
			const done = await host.activate().then(
				() => true,
				() => false,
			);
			if (done) return true;
		}
		return false;
	};
	const isSound = async () => {
		const hooks = await webhooks();
		expect(hooks.filter(({ subscriptionId }) => subscriptionId === FOREIGN)).toEqual([expect.objectContaining({ webhookUrl: ELSEWHERE })]);
		return hooks.filter(({ subscriptionId }) => subscriptionId !== FOREIGN);
	};

	const disturbances: Array<() => Promise<void>> = [
		async () => void (host.publicUrl = random.pick(['', own.replace('127.0.0.1', 'localhost')])),
		async () => await unsubscribe(OWN),
		async () => {
			await unsubscribe(OWN);
			await subscribe(OWN);
		},
		async () => host.restart(),
		async () => {
			const test = await host.listenForTest();
			await test.stop();
		},
		async () => void (broken = random.pick(['some', 'all'] as const)),
	];
	for (let operation = 0; operation < operations; operation++) {
		if (random.chance(0.6)) {
			injected++;
			await random.pick(disturbances)().catch(() => undefined);
		}
		if (active) {
			const foreign = (await webhooks()).some(({ subscriptionId, webhookUrl }) => subscriptionId === OWN && webhookUrl === ELSEWHERE);
			await host.deactivate();
			active = false;
			const left = await isSound();
			// Someone else's webhook under our id stays; ours may stay only where Pico was not to be reached.
			if (foreign) expect(left).toEqual([expect.objectContaining({ webhookUrl: ELSEWHERE })]);
			else if (broken === 'no') expect(left).toEqual([]);
		} else {
			if (!(await activate())) {
				// One activation after Pico is well again mends everything.
				broken = 'no';
				await host.activate();
			}
			active = true;
			expect(await isSound()).toEqual([expect.objectContaining({ subscriptionId: OWN, webhookUrl: host.url })]);
			await plant.complete(1, { orderPrefix: `W${operation}`, stepNs: 1_000_000 });
			events++;
			broken = 'no';
			await until('the event', () => new Set(host.items.map(({ orderId }) => orderId)).size >= events, 15_000).catch(() => undefined);
		}
		broken = 'no';
	}
	if (!active) await host.activate();
	await host.deactivate();
	expect(await isSound()).toEqual([]);
	const different = new Set(host.items.map(({ orderId }) => orderId)).size;
	const duplicated = host.items.length - different;
	await host.close();
	await proxy.close();
	return { events, injected: injected + proxy.injected, lost: events - different, duplicated, note: `${operations} activations and deactivations` };
});
