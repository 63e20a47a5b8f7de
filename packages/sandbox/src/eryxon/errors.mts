/** A refusal that Eryxon itself words; becomes its error envelope. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly details?: unknown,
	) {
		super(message);
	}
}

/** What PostgreSQL or PostgREST would complain about. The functions pass it on as 500 INTERNAL_ERROR. */
export class DatabaseError extends Error {
	/** As the shared builder passes it on: `Failed to sync parts: ...`. */
	static during<T>(doing: string, work: () => T): T {
		try {
			return work();
		} catch (error) {
			if (error instanceof DatabaseError) throw new DatabaseError(`Failed to ${doing}: ${error.message}`);
			throw error;
		}
	}
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'BAD_REQUEST', message);
export const notFound = (what: string, id?: string): ApiError =>
	new ApiError(404, 'NOT_FOUND', id === undefined ? `${what} not found` : `${what} with ID ${id} not found`);
export const conflict = (message: string): ApiError => new ApiError(409, 'CONFLICT', message);
export const internal = (message: string): ApiError => new ApiError(500, 'INTERNAL_ERROR', message);

/** One entry of `error.details` of a 422, and of `errors[].error` in the bulk answer of jobs. */
export interface Finding {
	field: string;
	message: string;
	value?: unknown;
	constraint: string;
	entityType: string;
	entityIndex?: number;
}

export class ValidationError extends ApiError {
	constructor(readonly findings: readonly Finding[]) {
		super(422, 'VALIDATION_ERROR', `Validation failed: ${findings.map((each) => each.message).join('; ')}`, findings);
	}
}
