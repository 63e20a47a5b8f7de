/**
 * The documents printed on Pico's public documentation pages, word for word where a page shows them whole, and the verdict
 * each schema version must give on them.
 */
import { type SandboxProcess, startSandboxProcess } from '../kit/sandbox.mts';
import { SseReader, ask } from './client.mts';

type Verdict = 'ok' | 'invalid' | 'syntax error';
type Profile = 'current' | 'mixed' | 'legacy';

interface Documented {
	name: string;
	document: string;
	variables?: Record<string, unknown>;
	current: Verdict;
	mixed: Verdict;
	/** undefined = the page is younger than this version: no verdict is known. */
	legacy?: Verdict;
}

const fragment =
	'fragment OrderComplete on OperationOrderComplete { externalOrderId operation { id externalId name } orderIndex at operationSummary { startedAt consumedSerials { id externalId value } } endState { producedSerial } }';
const webhookUrl = 'http://127.0.0.1:9/pico';

const documents: Documented[] = [
	{
		name: 'FAQ: match operations',
		document: `query MatchOperations($productId: ID!) {
operations(where: { id: { _eq: $productId } }) {
id
externalId
consumedSerials { id, name, externalId }
}
subOperations(where: { parentId: { _eq: $productId } }) {
childId
childIndex
}
}`,
		variables: { productId: 'x' },
		current: 'ok',
		mixed: 'invalid',
		legacy: 'invalid',
	},
	{
		name: 'FAQ: create',
		document:
			'mutation CreateOperationOrder { operationOrderSave(input: { operationId: "your-product-id" externalOrderId: "ERP-ORDER-123" }) { message } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'FAQ: cancel',
		document:
			'mutation CancelOperationOrder { operationOrderCancel(input: { operationId: "your-product-id" externalOrderId: "ERP-ORDER-123" }) { message } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'FAQ: sync products',
		document:
			'query SyncProducts { operations { id externalId externalRevision name consumedSerials { externalId } } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'FAQ: resume from a checkpoint',
		document: `subscription ResumeFromCheckpoint {
operationOrderCompletesStream(
cursor: {
initialValue: { at: "2024-01-15T14:30:00Z" }
ordering: ASC
}
batchSize: 100
) {
externalOrderId
at
}
}`,
		current: 'ok',
		mixed: 'ok',
		legacy: 'invalid',
	},
	{
		name: 'FAQ: product changes',
		document:
			'subscription ProductChanges { operationsStream( cursor: { initialValue: { updatedAt: "2024-01-01T00:00:00Z" } } batchSize: 10 ) { id externalId externalRevision updatedAt } }',
		current: 'ok',
		mixed: 'ok',
	},
	{
		name: 'example calls: list operations',
		document: '{ operations { id externalId name updatedAt } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'example calls: operations stream',
		document: 'subscription { operationsStream { id externalId name updatedAt } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'example calls: save',
		document: 'mutation SaveOrder($input: OperationOrderSaveInput!) { operationOrderSave(input: $input) { message } }',
		variables: { input: { operationId: 'your-operation-id', externalOrderId: 'ERP-ORDER-123' } },
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'example calls: webhookSubscribe with $input and the OrderComplete fragment',
		document:
			'mutation Subscribe($input: SubscribeRequestInput!) { webhookSubscribe(input: $input) { subscriptionId webhookUrl createdAt } }',
		variables: {
			input: {
				subscriptionID: 'erp-order-completions',
				responseFragment: fragment,
				webhookUrl,
				webhookHeaders: { 'X-API-Key': 'your-erp-api-key' },
			},
		},
		current: 'ok',
		mixed: 'ok',
		legacy: 'invalid',
	},
	{
		name: 'example calls: unsubscribe',
		document:
			'mutation Unsubscribe($id: String!) { webhookUnsubscribe(subscriptionId: $id) { success subscriptionId message } }',
		variables: { id: 'erp-order-completions' },
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'example calls: list webhooks',
		document: '{ webhookSubscriptions { subscriptionId responseFragment webhookUrl createdAt lastEventAt } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'example calls: the fields of the OrderComplete fragment on the stream',
		document: `subscription { operationOrderCompletesStream { ...OrderComplete } } ${fragment}`,
		current: 'ok',
		mixed: 'ok',
		legacy: 'invalid',
	},
	{
		name: 'work order guide: operations stream',
		document:
			'subscription ops { operationsStream { partNo: externalId name consumedSerials: { id name partNo: externalId } updatedAt } }',
		current: 'syntax error',
		mixed: 'syntax error',
		legacy: 'syntax error',
	},
	{
		name: 'work order guide: sub-operations',
		document: 'subscription subOps { subOperationsStream { parentId subId updatedAt } }',
		current: 'invalid',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'work order guide: save',
		document:
			'mutation saveOperation($opId: String!, $order: String!) { operationOrderSave(input: {operationId: $opId, externalOrderId: $order}) { message } }',
		variables: { opId: 'def123', order: 'SALES-123' },
		current: 'invalid',
		mixed: 'invalid',
		legacy: 'invalid',
	},
	{
		name: 'work order guide: completions',
		document: `subscription NewOpCompletions {
operationOrderCompletesStream {
order: externalOrderId
operation { id partNo: externalId name }
operationSummary {
endState { producedSerial at }
consumedSerials { id partNo: externalId serial: value }
}
}
}`,
		current: 'invalid',
		mixed: 'invalid',
		legacy: 'ok',
	},
	{
		name: 'subscriptions guide, both versions: sub-operations',
		document: 'subscription { subOperationsStream { parentId subId subGroup updatedAt } }',
		current: 'invalid',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'subscriptions guide: operations filtered by id',
		document: 'subscription { operationsStream(where: { id: { _eq: "op-1" } }) { id name updatedAt } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'subscriptions guide, older: completions',
		document:
			'subscription { operationOrderCompletesStream { externalOrderId operation { id } operationSummary { startedAt endState { producedSerial at operator { name } station { name } } consumedSerials { id externalId value } } } }',
		current: 'invalid',
		mixed: 'invalid',
		legacy: 'ok',
	},
	{
		name: 'subscriptions guide, newer: completions',
		document:
			'subscription { operationOrderCompletesStream { externalOrderId at operation { id externalId } operationSummary { startedAt consumedSerials { id externalId value } } endState { producedSerial } } }',
		current: 'ok',
		mixed: 'ok',
		legacy: 'invalid',
	},
	{
		name: 'work instructions: processCreate',
		document: 'mutation ($input: ProcessCreateInput!) { processCreate(input: $input) }',
		variables: {
			input: {
				process: {
					id: 'fit_impeller',
					name: 'Fit impeller',
					description: 'Press fit',
					steps: [
						{
							id: 'step_one',
							name: 'One',
							instructionText: { text: 'Press' },
							actions: [{ id: 'act_one', description: { text: 'Confirm' } }],
						},
					],
				},
			},
		},
		current: 'ok',
		mixed: 'ok',
	},
	{
		name: 'tolerant webhookSubscribe (input type not named, result by type condition)',
		document: `mutation ($headers: JSON) {
webhookSubscribe(input: { subscriptionID: "n8n-abc", responseFragment: "fragment F on Operation { id updatedAt }",
webhookUrl: "${webhookUrl}", webhookHeaders: $headers }) {
__typename
... on SubscriptionHandle { subscriptionId webhookUrl createdAt } } }`,
		variables: { headers: { 'x-secret': 's' } },
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
	{
		name: 'smallest common completion selection',
		document: `subscription { operationOrderCompletesStream {
externalOrderId operation { id externalId name }
operationSummary { startedAt consumedSerials { id externalId value } }
endState { producedSerial } } }`,
		current: 'ok',
		mixed: 'ok',
		legacy: 'ok',
	},
];

async function verdict(sandbox: SandboxProcess, { document, variables }: Documented): Promise<Verdict> {
	const isStream = document.trimStart().startsWith('subscription');
	if (isStream) {
		const reader = await SseReader.open(sandbox, document, variables);
		try {
			const { streams } = await sandbox.control<{ streams: unknown[] }>('GET', 'state');
			if (streams.length > 0) return 'ok';
			await reader.until(() => reader.end !== undefined);
			return reader.raw.includes('Syntax Error') ? 'syntax error' : 'invalid';
		} finally {
			reader.close();
			await sandbox.control('POST', 'streams/cut');
		}
	}
	const { status, body } = await ask(sandbox, document, variables);
	if (status === 200) return 'ok';
	return body.errors?.[0].message.startsWith('Syntax Error') ? 'syntax error' : 'invalid';
}

describe.each<Profile>(['current', 'mixed', 'legacy'])('profile %s', (profile) => {
	let sandbox: SandboxProcess;

	beforeAll(async () => {
		sandbox = await startSandboxProcess({ profile });
	});
	afterAll(() => sandbox.close());

	const known = documents.flatMap((each) => {
		const expected = each[profile];
		return expected === undefined ? [] : [{ ...each, expected }];
	});
	it.each(known)('judges "$name" as $expected', async (documented) => {
		expect(await verdict(sandbox, documented)).toBe(documented.expected);
	});
});
