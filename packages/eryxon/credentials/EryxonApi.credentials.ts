import type {
	IAuthenticate,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

/** Where an Eryxon is and its API key. Every request of this package is signed here and nowhere else. */
export class EryxonApi implements ICredentialType {
	name = 'eryxonApi';

	displayName = 'Eryxon MES API';

	icon: Icon = { light: 'file:../icons/eryxon.svg', dark: 'file:../icons/eryxon.dark.svg' };

	documentationUrl = 'https://eryxon.eu';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://yourproject.supabase.co',
			description: 'Address of the API, with or without /functions/v1. Not the address of the web application.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Create it in Eryxon under Admin > API Keys. It begins with ery_live_ and has full access to one workshop.',
		},
		{
			displayName: 'External Source',
			name: 'externalSource',
			type: 'string',
			default: '',
			placeholder: 'e.g. Odoo',
			description: 'Name of your ERP. Together with the external ID, it identifies each record, so never change it later.',
		},
	];

	/** A function, so that it also works where n8n evaluates no expressions. */
	authenticate: IAuthenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => ({
		...request,
		headers: { ...request.headers, authorization: `Bearer ${String(credentials.apiKey ?? '').trim()}` },
	});

	/** One small read, which every version has; it costs one call of the daily quota. */
	test: ICredentialTestRequest = {
		request: {
			url: "={{ $credentials.baseUrl.trim().replace(/\\/+$/, '').replace(/\\/functions\\/v1$/, '') + '/functions/v1/api-cells' }}",
			method: 'GET',
			qs: { limit: 1 },
			headers: { accept: 'application/json' },
			disableFollowRedirect: true,
		},
		rules: [
			says(401, "Eryxon refused the API key (HTTP 401). Check 'API Key'; keys begin with ery_live_."),
			says(403, "Eryxon refused the API key (HTTP 403). Check 'API Key'; keys begin with ery_live_."),
			says(404, "Eryxon is not at this address (HTTP 404). Check 'Base URL': it takes the address of the API, not of the web application."),
			says(429, 'Address and key are right, but all calls to Eryxon allowed for today are used up (HTTP 429).'),
			says(500, "Eryxon failed internally (HTTP 500). Versions before June 2026 also answer like this to a wrong key, so check 'API Key' first."),
			...[301, 302, 307, 308].map((status) => says(status, "The server redirects to another address. Enter the final address (often https instead of http) as 'Base URL'.")),
			noEryxon(undefined),
			noEryxon(false),
		] as ICredentialTestRequest['rules'],
	};
}

function says(status: number, message: string) {
	return { type: 'responseCode' as const, properties: { value: status, message } };
}

/** A page or another service may answer with status 200 as well. */
function noEryxon(value: false | undefined) {
	return {
		type: 'responseSuccessBody' as const,
		properties: {
			key: 'success',
			value,
			message: "A server answers, but it is not Eryxon. Check 'Base URL': it takes the address of the API, not of the web application.",
		},
	};
}
