import type { SandboxProcess } from '../../../kit/sandbox.mts';

interface Operation {
	id: string;
	externalId: string | null;
	externalRevision: string | null;
	name: string;
	updatedAt: string;
	archivedAt: string | null;
}

interface State {
	operations: Operation[];
	subOperations: Array<{ parentId: string; childId: string }>;
	streams: unknown[];
}

/** A part as the ERP should have it after a load. */
export interface Part {
	partNumber: string;
	name: string;
	revision: string;
	/** Part number of what goes into it: how many. */
	lines: Record<string, number>;
}

const stateOf = async (pico: SandboxProcess) => await pico.control<State>('GET', 'state');

/** Every part number of Pico that is not archived, as its newest revision is, read past all of our nodes. */
export async function catalogueOf(pico: SandboxProcess): Promise<Part[]> {
	const { operations, subOperations } = await stateOf(pico);
	const newest = new Map<string, Operation>();
	for (const operation of operations) {
		const { externalId, archivedAt, updatedAt } = operation;
		if (!externalId || archivedAt) continue;
		const other = newest.get(externalId);
		if (!other || other.updatedAt < updatedAt) newest.set(externalId, operation);
	}
	const partNumberOf = (id: string) => operations.find((operation) => operation.id === id)?.externalId;
	return [...newest.values()].map(({ id, externalId, externalRevision, name }) => {
		const lines: Record<string, number> = {};
		for (const { parentId, childId } of subOperations) {
			const child = parentId === id ? partNumberOf(childId) : undefined;
			if (child) lines[child] = (lines[child] ?? 0) + 1;
		}
		return { partNumber: externalId ?? '', name, revision: externalRevision ?? '', lines };
	});
}

/** Deploys simple operations as if it had happened two days ago, so that no trigger replays them. */
export async function addBulk(pico: SandboxProcess, count: number): Promise<void> {
	await pico.control('POST', 'clock', { now: new Date(Date.now() - 2 * 86_400_000).toISOString() });
	await pico.control('POST', 'operations/bulk', { count });
	await pico.control('POST', 'clock', { real: true });
}

/** A product with a part that nobody has seen before, and one that is known: all of it at once, as a deployment is. */
export async function deployBlower(pico: SandboxProcess): Promise<void> {
	await pico.control('POST', 'operations/deploy', { partNumber: 'FAN-7', revision: 'A', name: 'Fan wheel' });
	await pico.control('POST', 'operations/deploy', { partNumber: 'BLOWER-1', revision: 'A', name: 'Blower', kind: 'product' });
	for (const [childIndex, childPartNumber] of ['FAN-7', 'MOTOR-110', 'FAN-7'].entries()) {
		await pico.control('POST', 'structure/change', { parentPartNumber: 'BLOWER-1', childPartNumber, childIndex });
	}
}
