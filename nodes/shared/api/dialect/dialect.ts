import type { HasField } from '../../events/selection';
import { asFailure, PicoFailure } from '../failure';
import { elapsed } from '../pause';
import { INTROSPECTION, readSchema, type Schema } from './introspection';
import { namesNotKnown } from './learn';

/** Sends a question to the server and hands back the `data` of its answer. */
export type Ask = (document: string) => Promise<{ data: unknown }>;

/** Names do not change while a server runs; an upgrade of the server is noticed after this time at the latest. */
const REMEMBER_MS = 10 * 60_000;
/** Each round must teach a new name. Most servers name all unknown ones at once, some only the first. */
const ADAPTATIONS = 12;

const known = new Map<string, { dialect: Promise<Dialect>; until: number }>();

/**
 * What one Pico server calls its fields, arguments and inputs. Names moved between versions of Pico, so no fixed
 * document fits all sites. Read from introspection; where a site refuses that, from the server's own validation
 * messages ("Cannot query field ...").
 */
export class Dialect {
	private readonly missing = new Set<string>();

	constructor(private readonly schema: Schema | undefined) {}

	/**
	 * The dialect of the server at `endpoint`. Those who ask at the same time share one question, and each waits for itself:
	 * one that gives up, or may not ask, takes nothing away from the others.
	 */
	static async of(endpoint: string, ask: Ask, signal?: AbortSignal): Promise<Dialect> {
		const remembered = known.get(endpoint);
		if (!remembered || remembered.until <= elapsed()) return await untilAborted(introspectAndRemember(endpoint, ask), signal);
		const outcome = await untilAborted(remembered.dialect.catch(asFailure), signal);
		if (outcome instanceof Dialect) return outcome;
		// The fault may be that of whoever asked: their token, their cancelled execution.
		if (outcome.kind === 'aborted' || outcome.kind === 'auth') return await untilAborted(introspectAndRemember(endpoint, ask), signal);
		throw outcome;
	}

	/** For tests and for a person who upgraded a server. */
	static forgetAll(): void {
		known.clear();
	}

	/** Whether introspection told everything; otherwise names are unknown until the server refuses them. */
	get isComplete(): boolean {
		return this.schema !== undefined;
	}

	/** Whether a type has a field (or an input type an input field). */
	readonly has: HasField = (typeName, fieldName) => {
		if (this.missing.has(`${typeName}.${fieldName}`) || this.missing.has(typeName)) return false;
		return this.schema ? (this.schema.get(typeName)?.has(fieldName) ?? false) : undefined;
	};

	/** Whether a field takes an argument. */
	hasArgument(typeName: string, fieldName: string, argument: string): boolean | undefined {
		if (this.missing.has(`${typeName}.${fieldName}(${argument})`)) return false;
		return this.schema ? (this.schema.get(typeName)?.get(fieldName)?.args.has(argument) ?? false) : undefined;
	}

	/** Every type with its fields, one a line, as far as the server tells: `Query: operations(where: OperationFilter): Operation`. */
	describe(): string[] {
		const types = [...(this.schema ?? [])].filter(([name, fields]) => fields.size > 0 && !name.startsWith('__'));
		return types.map(([name, fields]) => {
			const printed = [...fields].map(([field, { type, args }]) => {
				const list = [...args].map(([argument, of]) => `${argument}: ${of}`).join(', ');
				return `${field}${list && `(${list})`}: ${type}`;
			});
			return `${name}: ${printed.join(', ')}`;
		});
	}

	/**
	 * Whether an argument that takes a filter knows a path such as `['externalId', '_eq']`.
	 * `undefined` when the server does not tell.
	 */
	hasFilter(typeName: string, fieldName: string, argument: string, path: readonly string[]): boolean | undefined {
		if (this.hasArgument(typeName, fieldName, argument) === false) return false;
		if (path.some((step) => this.missing.has(`*.${step}`))) return false;
		if (!this.schema) return undefined;
		let type = this.schema.get(typeName)?.get(fieldName)?.args.get(argument);
		for (const step of path) {
			const field = type === undefined ? undefined : this.schema.get(type)?.get(step);
			if (!field) return false;
			type = field.type;
		}
		return true;
	}

	/**
	 * Runs what `build` makes. When the server does not know names in it, remembers that and builds it again. When the server
	 * refuses a document that filters, tries once without the filter: some list filters that they do not carry out.
	 *
	 * @throws PicoFailure
	 */
	async adapting<B extends { document: string }, T>(build: () => B, run: (built: B) => Promise<T>): Promise<T> {
		let withFilter: { filter: string; refusal: PicoFailure } | undefined;
		for (let round = 1; ; round++) {
			const before = this.missing.size;
			const built = build();
			try {
				return await run(built);
			} catch (error) {
				const failure = asFailure(error);
				const names = unknownNames(failure);
				for (const name of names) this.missing.add(name);
				// Another request may have learned these names while this one was under way: building it again helps then too.
				if (names.length > 0 && this.missing.size > before && round < ADAPTATIONS) continue;
				if (withFilter) {
					this.missing.delete(withFilter.filter);
					throw failure.kind === 'graphql' ? withFilter.refusal : failure;
				}
				const filter = failure.kind === 'graphql' ? filterIn(built.document) : undefined;
				if (filter === undefined) throw failure;
				this.missing.add(filter);
				withFilter = { filter, refusal: failure };
			}
		}
	}

	/** Remembers the names that a refusal says are unknown; `false` when it teaches nothing new. */
	learn(failure: PicoFailure): boolean {
		const before = this.missing.size;
		for (const name of unknownNames(failure)) this.missing.add(name);
		return this.missing.size > before;
	}
}

function unknownNames(failure: PicoFailure): string[] {
	return (failure.details.errors ?? []).flatMap(({ message }) => namesNotKnown(message));
}

/** The filter of one of our own documents, written as the argument is remembered. */
function filterIn(document: string): string | undefined {
	const [, operation, field] = /^(query|subscription) \{ (\w+)\((?:.*, )?where: /.exec(document) ?? [];
	return field === undefined ? undefined : `${operation === 'query' ? 'Query' : 'Subscription'}.${field}(where)`;
}

function introspectAndRemember(endpoint: string, ask: Ask): Promise<Dialect> {
	const asked = { dialect: introspect(ask).then((schema) => new Dialect(schema)), until: elapsed() + REMEMBER_MS };
	known.set(endpoint, asked);
	asked.dialect.catch(() => {
		if (known.get(endpoint) === asked) known.delete(endpoint);
	});
	return asked.dialect;
}

/** A site may refuse introspection; that is no reason to stop. Everything else (token, path, network) is. */
async function introspect(ask: Ask): Promise<Schema | undefined> {
	try {
		return readSchema((await ask(INTROSPECTION)).data);
	} catch (error) {
		const failure = asFailure(error);
		if (failure.kind === 'graphql') return undefined;
		throw failure;
	}
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return await promise;
	let abort = () => {};
	const aborted = new Promise<never>((_resolve, reject) => {
		abort = () => reject(signal.reason instanceof PicoFailure ? signal.reason : new PicoFailure('aborted', 'The request was canceled'));
	});
	if (signal.aborted) abort();
	signal.addEventListener('abort', abort, { once: true });
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}
