/** What is wrong with a value of one record; the words that people see. */
export class RecordProblem extends Error {
	constructor(
		message: string,
		/** How to get unstuck. */
		readonly hint: string,
		/** Input field to correct. */
		readonly field?: string,
	) {
		super(message);
		this.name = 'RecordProblem';
	}
}
