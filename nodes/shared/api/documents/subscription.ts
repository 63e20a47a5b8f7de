import { printSelection } from '../../events/selection';
import type { EventKind } from '../../events/types';
import type { Dialect } from '../dialect/dialect';
import { PicoFailure } from '../failure';
import { EnumValue, literal } from './literal';

export interface StreamOptions {
	/** Timestamp from which the server sends; without it only what happens from now on. */
	cursor?: string;
	/** Rows a frame holds at most. */
	batchSize?: number;
	/** Filter object for `where`, with operators such as `_eq` and `_in`. */
	where?: Record<string, unknown>;
	/** Names of the first level to ask for; identity and cursor fields are always added. */
	fields?: readonly string[];
	/** Names of the first level to leave out, because the server cannot resolve them for some row. */
	without?: ReadonlySet<string>;
	/** Own selection set in GraphQL, without braces; identity and cursor fields are added. */
	ownSelection?: string;
}

/**
 * The document that streams one kind of event. Cursor and batch size are left out for a server that does not know
 * them; it then sends only new events.
 *
 * @throws PicoFailure when the server does not have this stream at all
 */
export function subscriptionDocument(kind: EventKind, dialect: Dialect, options: StreamOptions): string {
	if (dialect.has('Subscription', kind.streamField) === false) {
		throw new PicoFailure('graphql', `This Pico does not offer '${kind.displayName}' (${kind.streamField})`, {
			hint: 'Older Pico versions lack this stream. Choose another event or ask Pico for an update.',
		});
	}
	const args: string[] = [];
	if (options.cursor !== undefined && canReplay(kind, dialect)) {
		const cursor = { initialValue: { [kind.cursorField]: options.cursor }, ordering: new EnumValue('ASC') };
		args.push(`cursor: ${literal(cursor)}`);
	}
	if (options.batchSize && dialect.hasArgument('Subscription', kind.streamField, 'batchSize') !== false) {
		args.push(`batchSize: ${options.batchSize}`);
	}
	const mayFilter = dialect.hasArgument('Subscription', kind.streamField, 'where') !== false;
	if (mayFilter && options.where && Object.keys(options.where).length > 0) args.push(`where: ${literal(options.where)}`);
	const list = args.length > 0 ? `(${args.join(', ')})` : '';
	return `subscription { ${kind.streamField}${list} ${selectionOf(kind, dialect, options)} }`;
}

/** Whether the server can send again what happened since a cursor. */
export function canReplay(kind: EventKind, dialect: Dialect): boolean {
	return dialect.hasFilter('Subscription', kind.streamField, 'cursor', ['initialValue', kind.cursorField]) !== false;
}

/** The selection set of one row, braces included. */
export function selectionOf(
	kind: EventKind,
	dialect: Dialect,
	{ fields, without, ownSelection }: Pick<StreamOptions, 'fields' | 'without' | 'ownSelection'> = {},
): string {
	const asked = fields || ownSelection ? [...(fields ?? []), ...kind.identityFields] : kind.selection.map(({ name }) => name);
	const keep = new Set(without ? asked.filter((name) => !without.has(name)) : asked);
	const printed = printSelection(kind.typeName, kind.selection, dialect.has, keep);
	return ownSelection ? printed.replace(/\}$/, `${ownSelection} }`) : printed;
}
