import { isRef } from '../../../../packages/sandbox/src/netsuite/store.mts';
import type { Components, Posting } from '../../kit/books.mts';
import type { Account, Json } from './account.mts';

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** Numbers in an inventory detail as it is stored, of units received or of components issued. */
function numbersOf(detail: unknown): string[] {
	const { inventoryAssignment } = (detail ?? {}) as { inventoryAssignment?: { items: Json[] } };
	return list(inventoryAssignment?.items).map(({ receiptInventoryNumber, issueInventoryNumber }) =>
		String(receiptInventoryNumber ?? (issueInventoryNumber as { refName?: string }).refName),
	);
}

/** Every unit that NetSuite has booked: completions with their issue, and builds, one posting for each document. */
export async function postingsOf(account: Account): Promise<Posting[]> {
	const [items, completions, builds, issues] = await Promise.all([
		Promise.all([account.records('inventoryItem'), account.records('assemblyItem')]),
		account.records('workOrderCompletion'),
		account.records('assemblyBuild'),
		account.records('workOrderIssue'),
	]);
	const names = new Map(items.flat().map(({ id, itemId }) => [id, String(itemId)]));
	const components = (documents: readonly Json[]): Components => {
		const serials: Components = {};
		for (const { item, componentInventoryDetail } of documents.flatMap(({ component }) => list(component))) {
			const name = isRef(item) ? (names.get(item.id) ?? '?') : '?';
			serials[name] = [...(serials[name] ?? []), ...numbersOf(componentInventoryDetail)];
		}
		return serials;
	};
	const posting = (document: Json, consumed: readonly Json[]): Posting => ({
		key: String(document.memo).replace(/^Pico /, ''),
		serial: numbersOf(document.inventoryDetail)[0] ?? null,
		components: components(consumed),
	});
	return [
		...completions.map((each) => posting(each, issues.filter(({ memo }) => memo === each.memo))),
		...builds.map((each) => posting(each, [each])),
	];
}
