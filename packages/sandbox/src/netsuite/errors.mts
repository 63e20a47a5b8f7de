const sections: Readonly<Record<number, readonly [title: string, section: string]>> = {
	400: ['Bad Request', '#sec10.4.1'],
	401: ['Unauthorized', '#sec10.4.2'],
	403: ['Forbidden', '#sec10.4.4'],
	404: ['Not Found', '#sec10.4.5'],
	405: ['Method Not Allowed', '#sec10.4.6'],
	429: ['Too Many Requests', ''],
	500: ['Internal Server Error', '#sec10.5.1'],
	503: ['Service Unavailable', '#sec10.5.4'],
};

/** An error in the shape of SuiteTalk REST (`o:errorDetails`), see Oracle's "Error Handling in REST Web Services". */
export class NetSuiteError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		message: string,
		readonly path?: string,
	) {
		super(message);
	}

	body(): Record<string, unknown> {
		const [title, section] = sections[this.status] ?? ['Error', ''];
		return {
			type: `https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html${section}`,
			title,
			status: this.status,
			'o:errorDetails': [
				{
					detail: this.message,
					...(this.path === undefined ? {} : { 'o:errorPath': this.path }),
					'o:errorCode': this.code,
				},
			],
		};
	}
}

const prefix = 'Error while accessing a resource.';

export const invalidLogin = (): NetSuiteError =>
	new NetSuiteError(
		401,
		'INVALID_LOGIN',
		'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
	);

export const noSuchRecord = (): NetSuiteError =>
	new NetSuiteError(
		404,
		'NONEXISTENT_ID',
		`${prefix} The record instance does not exist. Provide a valid record instance ID.`,
	);

export const noSuchType = (type: string): NetSuiteError =>
	new NetSuiteError(404, 'NONEXISTENT_RECORD_TYPE', `${prefix} Record type '${type}' does not exist.`);

export const invalidContent = (message: string, path?: string): NetSuiteError =>
	new NetSuiteError(400, 'INVALID_CONTENT', `${prefix} ${message}`, path);

export const invalidParameter = (message: string): NetSuiteError =>
	new NetSuiteError(400, 'INVALID_PARAMETER', message);

/** A business rule said no. */
export const userError = (message: string): NetSuiteError =>
	new NetSuiteError(400, 'USER_ERROR', `${prefix} ${message}`);

/**
 * Refusals that pass. Oracle documents the first two for RESTlets and SOAP, whose limit REST web services share
 * (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_1525252812.html); that the limit shows as a
 * login that fails is a report (https://github.com/julbrs/netsuite-api-client/issues/26).
 */
const passing = {
	CONCURRENCY_LIMIT_EXCEEDED: [429, 'SuiteTalk concurrent request limit exceeded. Request blocked.'],
	SSS_REQUEST_LIMIT_EXCEEDED: [400, 'SuiteTalk concurrent request limit exceeded. Request blocked.'],
	INVALID_LOGIN: [401, invalidLogin().message],
	UNEXPECTED_ERROR: [500, 'An unexpected error occurred. Please contact customer support.'],
} as const;

export type PassingCode = keyof typeof passing;

export const isPassingCode = (code: unknown): code is PassingCode =>
	typeof code === 'string' && Object.hasOwn(passing, code);

/** @throws Error naming the codes there are */
export function statusOf(code: unknown): number {
	if (!isPassingCode(code)) throw new Error(`code must be one of ${Object.keys(passing).join(', ')}`);
	return passing[code][0];
}

/** What a fault from the control API looks like to a client. @param code '' = the usual one for the status */
export function passingError(status: number, code: PassingCode | ''): NetSuiteError {
	const usual = status === 429 ? 'CONCURRENCY_LIMIT_EXCEEDED' : status === 401 ? 'INVALID_LOGIN' : 'UNEXPECTED_ERROR';
	const chosen = code === '' ? usual : code;
	return new NetSuiteError(status, chosen, passing[chosen][1]);
}
