import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Order, Plan } from './plant/order.mts';
import type { Completion, Note, Operation, SubOperation } from './plant/types.mts';
import type { Sandbox } from './sandbox.mts';
import { Stamp, parseTime } from './time.mts';

const WRITE_AFTER_MS = 500;
const TIME_FIELDS = new Set(['updatedAt', 'archivedAt', 'at', 'startedAt', 'completedAt', 'createdAt', 'lastEventAt']);

interface StoredPlan {
	operationId: string;
	steps: StoredPlan[][];
}
type StoredOrder = Omit<Order, 'plan' | 'parent' | 'children'> & { plan: StoredPlan; parentId: string | null };
type StoredCompletion = Omit<Completion, 'operation'> & { operationId: string | null };

interface StoredPlant {
	version: 1;
	operations: Operation[];
	links: SubOperation[];
	notes: Note[];
	noteSeq: number;
	orders: StoredOrder[];
	serial: number;
	completions: StoredCompletion[];
	webhooks: Array<{
		subscriptionId: string;
		responseFragment: string;
		webhookUrl: string;
		headers: Record<string, string>;
		createdAt: Stamp;
		lastEventAt: Stamp | null;
	}>;
}

/** Keeps the plant in a JSON file: read at the start if it exists, written shortly after each change and at the end. */
export class DataFile {
	private written = '';
	private timer: NodeJS.Timeout | undefined;
	private readonly forget: () => void;

	constructor(
		private readonly sandbox: Sandbox,
		private readonly path: string,
	) {
		if (existsSync(path)) restore(sandbox, this.read());
		this.forget = sandbox.onChange(() => {
			this.timer ??= setTimeout(() => this.write(), WRITE_AFTER_MS);
		});
	}

	/** Writes what is left to write and stops. */
	close(): void {
		this.forget();
		this.write();
	}

	private read(): StoredPlant {
		try {
			const stored = JSON.parse(readFileSync(this.path, 'utf8'), revive) as StoredPlant;
			if (stored.version !== 1) throw new Error('unknown version');
			return stored;
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new Error(`${this.path} is not a data file of the sandbox: ${reason}`);
		}
	}

	private write(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
		const text = JSON.stringify(store(this.sandbox));
		if (text === this.written) return;
		// A crash while writing must not cost the file that was there.
		writeFileSync(`${this.path}.new`, text);
		renameSync(`${this.path}.new`, this.path);
		this.written = text;
	}
}

function revive(key: string, value: unknown): unknown {
	if (!TIME_FIELDS.has(key) || typeof value !== 'string') return value;
	try {
		return new Stamp(parseTime(value));
	} catch {
		return value;
	}
}

const storePlan = (plan: Plan): StoredPlan => ({
	operationId: plan.operation.id,
	steps: plan.steps.map((step) => step.map(storePlan)),
});

function store({ plant, orders, webhooks }: Sandbox): StoredPlant {
	return {
		version: 1,
		operations: plant.operations,
		links: plant.links,
		notes: plant.notes,
		noteSeq: plant.noteSeq,
		orders: orders.all.map(({ parent, children: _, plan, ...order }) => ({
			...order,
			plan: storePlan(plan),
			parentId: parent?.id ?? null,
		})),
		serial: orders.serial,
		completions: [...plant.logs.completions.current()].map(({ operation, ...row }) => ({
			...row,
			operationId: operation?.id ?? null,
		})),
		webhooks: webhooks
			.list()
			.map(({ subscriptionId, responseFragment, webhookUrl, headers, createdAt, lastEventAt }) => ({
				subscriptionId,
				responseFragment,
				webhookUrl,
				headers,
				createdAt,
				lastEventAt,
			})),
	};
}

function restore(sandbox: Sandbox, stored: StoredPlant): void {
	sandbox.clearPlant();
	const { plant, orders, webhooks } = sandbox;
	plant.restore(stored.operations, stored.links, stored.notes, stored.noteSeq);
	const planOf = ({ operationId, steps }: StoredPlan): Plan => {
		const operation = plant.operation(operationId);
		if (!operation) throw new Error(`order of an unknown operation ${operationId}`);
		return { operation, steps: steps.map((step) => step.map(planOf)) };
	};
	const byId = new Map<string, Order>();
	for (const { plan, parentId, ...rest } of stored.orders) {
		const parent = parentId === null ? undefined : byId.get(parentId);
		const order: Order = { ...rest, plan: planOf(plan), parent, children: [] };
		parent?.children.push(order);
		byId.set(order.id, order);
		orders.remember(order);
	}
	orders.serial = stored.serial;
	const completions = stored.completions.map(({ operationId, ...row }) => ({
		...row,
		operation: operationId === null ? null : (plant.operation(operationId) ?? null),
	}));
	plant.logs.completions.appendMany(completions, (row) => row.at.ns);
	for (const webhook of stored.webhooks) webhooks.add({ ...webhook, downUntil: 0, stop: () => undefined });
}
