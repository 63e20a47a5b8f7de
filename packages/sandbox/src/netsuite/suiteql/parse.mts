import { NetSuiteError } from '../errors.mts';

export type Expression =
	| { kind: 'column'; table?: string; name: string }
	| { kind: 'all'; table?: string }
	| { kind: 'literal'; value: string | number | null }
	| { kind: 'call'; name: string; args: Expression[] };

export type Condition =
	| { kind: 'and'; parts: Condition[] }
	| { kind: 'or'; parts: Condition[] }
	| { kind: 'not'; part: Condition }
	| { kind: 'compare'; operator: string; left: Expression; right: Expression }
	| { kind: 'in'; left: Expression; list: Expression[] }
	| { kind: 'null'; left: Expression };

export interface Source {
	table: string;
	alias: string;
	/** For joined tables. */
	on?: Condition;
	outer: boolean;
}

export interface Query {
	columns: { expression: Expression; alias?: string }[];
	distinct: boolean;
	sources: Source[];
	where?: Condition;
	orderBy: { expression: Expression; descending: boolean }[];
}

const reserved = new Set(
	'select distinct from where and or not in is null like between order by asc desc join inner left outer on as'.split(
		' ',
	),
);

export const queryError = (message: string): NetSuiteError =>
	new NetSuiteError(
		400,
		'INVALID_PARAMETER',
		`Invalid search query. Detailed unprocessed description follows. ${message}`,
	);

/** Reads the part of SuiteQL that integrations use to look records up. @throws NetSuiteError (400) */
export function parse(text: string): Query {
	return new Parser(text).query();
}

class Parser {
	private readonly tokens: string[];
	private position = 0;

	constructor(private readonly text: string) {
		this.tokens = text.match(/'(?:[^']|'')*'|"[^"]*"|\d+(?:\.\d+)?|\w+|<>|!=|<=|>=|[^\s\w]/g) ?? [];
	}

	query(): Query {
		this.expect('select');
		const distinct = this.take('distinct');
		const columns = this.list(() => {
			const expression = this.expression();
			if (this.take('as')) return { expression, alias: this.name() };
			const alias = this.isName(this.tokens[this.position]) ? this.name() : undefined;
			return alias === undefined ? { expression } : { expression, alias };
		});
		this.expect('from');
		const sources = this.sources();
		const where = this.take('where') ? this.condition() : undefined;
		const orderBy = this.take('order') ? this.order() : [];
		this.take(';');
		if (this.position < this.tokens.length) throw this.unexpected();
		return { columns, distinct, sources, ...(where ? { where } : {}), orderBy };
	}

	private order(): Query['orderBy'] {
		this.expect('by');
		return this.list(() => {
			const expression = this.expression();
			const descending = this.take('desc');
			if (!descending) this.take('asc');
			return { expression, descending };
		});
	}

	private sources(): Source[] {
		const sources = this.list(() => this.source(false));
		for (;;) {
			const outer = this.take('left');
			if (outer) this.take('outer');
			else this.take('inner');
			if (!this.take('join')) {
				if (outer) throw this.unexpected();
				return sources;
			}
			const source = this.source(outer);
			this.expect('on');
			sources.push({ ...source, on: this.condition() });
		}
	}

	private source(outer: boolean): Source {
		const table = this.name().toLowerCase();
		this.take('as');
		const alias = this.isName(this.tokens[this.position]) ? this.name().toLowerCase() : table;
		return { table, alias, outer };
	}

	private condition(): Condition {
		const parts = [this.conjunction()];
		while (this.take('or')) parts.push(this.conjunction());
		return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
	}

	private conjunction(): Condition {
		const parts = [this.negation()];
		while (this.take('and')) parts.push(this.negation());
		return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
	}

	private negation(): Condition {
		if (this.take('not')) return { kind: 'not', part: this.negation() };
		if (!this.take('(')) return this.comparison();
		const inner = this.condition();
		this.expect(')');
		return inner;
	}

	private comparison(): Condition {
		const left = this.expression();
		if (this.take('is')) {
			const not = this.take('not');
			this.expect('null');
			return not ? { kind: 'not', part: { kind: 'null', left } } : { kind: 'null', left };
		}
		const not = this.take('not');
		const positive = this.positive(left);
		return not ? { kind: 'not', part: positive } : positive;
	}

	private positive(left: Expression): Condition {
		if (this.take('in')) {
			this.expect('(');
			const list = this.list(() => this.expression());
			this.expect(')');
			return { kind: 'in', left, list };
		}
		if (this.take('between')) {
			const low = this.expression();
			this.expect('and');
			const high = this.expression();
			return {
				kind: 'and',
				parts: [
					{ kind: 'compare', operator: '>=', left, right: low },
					{ kind: 'compare', operator: '<=', left, right: high },
				],
			};
		}
		if (this.take('like')) return { kind: 'compare', operator: 'like', left, right: this.expression() };
		const operator = this.tokens[this.position] ?? '';
		if (!['=', '!=', '<>', '<', '>', '<=', '>='].includes(operator)) throw this.unexpected();
		this.position += 1;
		return { kind: 'compare', operator: operator === '<>' ? '!=' : operator, left, right: this.expression() };
	}

	private expression(): Expression {
		const token = this.tokens[this.position] ?? '';
		if (this.take('*')) return { kind: 'all' };
		if (token.startsWith("'")) {
			this.position += 1;
			return { kind: 'literal', value: token.slice(1, -1).replaceAll("''", "'") };
		}
		if (/^\d/.test(token)) {
			this.position += 1;
			return { kind: 'literal', value: Number(token) };
		}
		if (this.take('null')) return { kind: 'literal', value: null };
		let name = this.name();
		if (name.toLowerCase() === 'builtin') {
			this.expect('.');
			name = `builtin.${this.name()}`;
		}
		if (this.take('(')) {
			const args = this.list(() => this.expression());
			this.expect(')');
			return { kind: 'call', name: name.toLowerCase(), args };
		}
		if (!this.take('.')) return { kind: 'column', name: name.toLowerCase() };
		const table = name.toLowerCase();
		if (this.take('*')) return { kind: 'all', table };
		return { kind: 'column', table, name: this.name().toLowerCase() };
	}

	private list<Item>(read: () => Item): Item[] {
		const items = [read()];
		while (this.take(',')) items.push(read());
		return items;
	}

	private isName(token: string | undefined): token is string {
		return token !== undefined && /^[a-z_"]/i.test(token) && !reserved.has(token.toLowerCase());
	}

	private name(): string {
		const token = this.tokens[this.position];
		if (!this.isName(token)) throw this.unexpected();
		this.position += 1;
		return token.replaceAll('"', '');
	}

	private take(word: string): boolean {
		if (this.tokens[this.position]?.toLowerCase() !== word) return false;
		this.position += 1;
		return true;
	}

	private expect(word: string): void {
		if (!this.take(word)) throw this.unexpected(word);
	}

	private unexpected(wanted?: string): NetSuiteError {
		const found = this.tokens[this.position] ?? 'the end';
		return queryError(
			`Search error occurred: Syntax error at ${found}${wanted ? `, expected ${wanted}` : ''} in: ${this.text}`,
		);
	}
}
