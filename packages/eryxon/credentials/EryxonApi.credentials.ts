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

	documentationUrl = 'https://github.com/pico-mes-community/n8n-nodes-eryxon#credential';

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
			description: 'Made in Eryxon under Admin > API Keys; begins with ery_live_. It gives full access to one workshop.',
		},
		{
			displayName: 'External Source',
			name: 'externalSource',
			type: 'string',
			default: '',
			placeholder: 'e.g. Odoo',
			description: 'Name of your ERP. Together with the external ID it is the key by which records are found again, so never change it later.',
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
			says(404, "Nothing of Eryxon is at this address (HTTP 404). Check 'Base URL': it takes the address of the API, not of the web application."),
			says(429, 'The address and key are right, but the calls that Eryxon allows for today are used up (HTTP 429).'),
			says(500, "Eryxon failed inside (HTTP 500). Versions before June 2026 answer like this to a wrong key: check 'API Key' first."),
			...[301, 302, 307, 308].map((status) => says(status, "The server sends the request elsewhere. Enter the final address (often https instead of http) as 'Base URL'.")),
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
			message: "A server answers, but it is no Eryxon. Check 'Base URL': it takes the address of the API, not of the web application.",
		},
	};
}
