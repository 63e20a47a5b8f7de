import { BATCH, indexAfter, rowLists } from './rows.mts';

const FRAME_HEAD = 'event: next\ndata: {"data":{"operationOrderCompletesStream":';
const FRAME_TAIL = '}}\n\n';

/** Past completions as bytes that are ready to be sent. All is made once, so that the server costs next to nothing. */
export class History {
	private readonly lists: Buffer[];
	private readonly texts: string[];
	/** The same with one row in each frame; made when first asked for. */
	private single: Buffer[] | undefined;

	constructor(readonly rows: number) {
		this.texts = rowLists(rows);
		this.lists = this.texts.map((text) => Buffer.from(text));
	}

	/** Pieces of a stream that begins with the list in which the row after `cursor` lies, as an exclusive cursor allows. */
	*stream(cursor: string | undefined, rowsPerFrame: number): Generator<{ bytes: Buffer; rows: number }> {
		const first = Math.floor((cursor === undefined ? this.rows : indexAfter(cursor)) / BATCH);
		const pieces = rowsPerFrame === 1 ? this.singles() : undefined;
		for (let list = first; list < this.lists.length; list++) {
			const bytes = pieces?.[list] ?? Buffer.concat([Buffer.from(FRAME_HEAD), this.lists[list], Buffer.from(FRAME_TAIL)]);
			yield { bytes, rows: BATCH };
		}
	}

	/** The page after a time, as JSON list. */
	after(time: string): Buffer {
		return this.page(Math.ceil(indexAfter(time) / BATCH));
	}

	/** A page by its number, from 0 on. */
	page(number: number): Buffer {
		return this.lists[number] ?? Buffer.from('[]');
	}

	private singles(): Buffer[] {
		this.single ??= this.texts.map((text) => {
			const rows = JSON.parse(text) as unknown[];
			return Buffer.from(rows.map((row) => `${FRAME_HEAD}[${JSON.stringify(row)}]${FRAME_TAIL}`).join(''));
		});
		return this.single;
	}
}
