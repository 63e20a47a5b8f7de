/** What a person enters in the Eryxon credential. */
export interface Access {
	baseUrl: string;
	apiKey: string;
	externalSource?: string;
}
