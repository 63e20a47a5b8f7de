import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

import { addressFailure } from '../nodes/shared/api/classify';

/** Where a Pico is and the token it takes. Every request of this package is signed here and nowhere else. */
export class PicoApi implements ICredentialType {
	name = 'picoApi';

	displayName = 'Pico MES API';

	icon: Icon = { light: 'file:../icons/pico.svg', dark: 'file:../icons/pico.dark.svg' };

	documentationUrl = 'https://apidocs.picomes.com/guides/authentication/index.html';

	properties: INodeProperties[] = [
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://yourcompany.picomes.com/graph/v2',
			description:
				'Full address of the GraphQL endpoint, path included. Newer sites use /graph/v2, older ones /graphql. Ask your Pico administrator.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Token of this Pico instance. Pico support issues it; it works for one instance only.',
		},
		{
			displayName: 'Ignore TLS Issues (Insecure)',
			name: 'ignoreTlsIssues',
			type: 'boolean',
			default: false,
			description:
				'Whether to connect even if the TLS certificate is expired or not trusted. Use only inside the plant network.',
		},
	];

	/**
	 * A function, not the declarative form: triggers send requests outside an activation or execution, where n8n 2.35 and
	 * newer evaluate no expressions.
	 *
	 * The token goes to the host of the endpoint only: somebody may edit the credential while a request for the host before
	 * is on its way here.
	 */
	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const endpoint = String(credentials.endpoint ?? '').trim();
		const unusable = addressFailure(endpoint);
		if (unusable) throw unusable;
		const [own, asked] = [hostOf(endpoint), hostOf(request.url, request.baseURL)];
		if (own !== asked) throw new Error(`The token of this credential is sent only to ${own ?? 'no host'}, not to ${asked ?? 'another'}`);
		return {
			...request,
			headers: { ...request.headers, 'x-pico-api-org': String(credentials.token ?? '').trim() },
			...(credentials.ignoreTlsIssues === true ? { skipSslCertificateValidation: true } : {}),
		};
	};

	/**
	 * Asks for an operation that does not exist: a small question that needs a valid token, in every known version of
	 * the API. `__typename` alone would prove only that a server answers.
	 */
	test: ICredentialTestRequest = {
		request: {
			url: '={{ $credentials.endpoint.trim() }}',
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: { query: '{ operations(where: { id: { _eq: "n8n-credential-test" } }) { id } }' },
			disableFollowRedirect: true,
		},
		rules: [
			refused(401),
			refused(403),
			wrongPath(404),
			wrongPath(405),
			...[301, 302, 307, 308].map((status) => ({
				type: 'responseCode' as const,
				properties: {
					value: status,
					message: "The server redirects to another address. Enter the final address (often https instead of http) as 'Endpoint'.",
				},
			})),
			noOperations(undefined),
			noOperations(null),
		] as ICredentialTestRequest['rules'],
	};
}

function hostOf(url: string, base?: string): string | undefined {
	try {
		return new URL(url, base).host;
	} catch {
		return undefined;
	}
}

function refused(status: number) {
	return {
		type: 'responseCode' as const,
		properties: { value: status, message: `Pico refused the token (HTTP ${status}). Check 'Token'; it works for one Pico instance only.` },
	};
}

function wrongPath(status: number) {
	return {
		type: 'responseCode' as const,
		properties: {
			value: status,
			message: `There is no GraphQL server at this path (HTTP ${status}). Newer Pico sites use /graph/v2, older ones /graphql. End 'Endpoint' with one of these.`,
		},
	};
}

/** Answers with status 200 that are errors or no GraphQL at all have no list of operations. */
function noOperations(value: null | undefined) {
	return {
		type: 'responseSuccessBody' as const,
		properties: {
			key: 'data.operations',
			value,
			message:
				"The server answers, but it refuses the token or is not a Pico. Check 'Token', and the path of 'Endpoint' (/graph/v2 or /graphql).",
		},
	};
}
