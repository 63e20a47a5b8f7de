import type { HasField } from '../../events/selection';
import type { PicoClient } from '../client';
import { asFailure, PicoFailure } from '../failure';
import { INTROSPECTION, readSchema, type Schema } from './introspection';
import { namesNotKnown } from './learn';

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

	static async of(client: PicoClient, signal?: AbortSignal): Promise<Dialect> {
		const remembered = known.get(client.endpoint);
		if (remembered && remembered.until > Date.now()) return await remembered.dialect;
		// The promise is remembered, so that items that run side by side ask the server once.
		const asked = { dialect: introspect(client, signal).then((schema) => new Dialect(schema)), until: Date.now() + REMEMBER_MS };
		known.set(client.endpoint, asked);
		asked.dialect.catch(() => {
			if (known.get(client.endpoint) === asked) known.delete(client.endpoint);
		});
		return await asked.dialect;
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

	/**
	 * Whether an argument that takes a filter knows a path such as `['externalId', '_eq']`.
	 * `undefined` when the server does not tell.
	 */
	hasFilter(typeName: string, fieldName: string, argument: string, path: readonly string[]): boolean | undefined {
		if (this.hasArgument(typeName, fieldName, argument) === false) return false;
		if (!this.schema) return path.some((step) => this.missing.has(`*.${step}`)) ? false : undefined;
		let type = this.schema.get(typeName)?.get(fieldName)?.args.get(argument);
		for (const step of path) {
			const field = type === undefined ? undefined : this.schema.get(type)?.get(step);
			if (!field) return false;
			type = field.type;
		}
		return true;
	}

	/** Runs `request`; when the server does not know names in it, remembers that and runs it again. */
	async adapting<T>(request: () => Promise<T>): Promise<T> {
		for (let round = 1; ; round++) {
			const before = this.missing.size;
			try {
				return await request();
			} catch (error) {
				const names = error instanceof PicoFailure ? unknownNames(error) : [];
				for (const name of names) this.missing.add(name);
				// Another request may have learned these names while this one was under way: building it anew helps then too.
				if (round >= ADAPTATIONS || names.length === 0 || this.missing.size === before) throw asFailure(error);
			}
		}
	}

	/** Whether a refusal names something that is not yet known to be missing. */
	isUnlearned(failure: PicoFailure): boolean {
		return namesIn(failure).some((name) => !this.missing.has(name));
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

function namesIn(failure: PicoFailure): string[] {
	return (failure.details.errors ?? []).flatMap(({ message }) => namesNotKnown(message));
}

/** A site may refuse introspection; that is no reason to stop. Everything else (token, path, network) is. */
async function introspect(client: PicoClient, signal?: AbortSignal): Promise<Schema | undefined> {
	try {
		const { data } = await client.execute({ document: INTROSPECTION, repeatable: true, signal });
		return readSchema(data);
	} catch (error) {
		const failure = asFailure(error);
		if (failure.kind === 'graphql') return undefined;
		throw failure;
	}
}
