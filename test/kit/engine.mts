import 'reflect-metadata';
import { Workflow, type ICredentialType, type IDataObject, type INode, type INodeType, type IWorkflowExecuteAdditionalData } from 'n8n-workflow';

/** A node under test, with the credential that it asks for. */
export interface Subject {
	/** As a workflow file names it. */
	type: string;
	name: string;
	/** Makes the node anew, as each workflow does. */
	node: () => INodeType;
	credential: ICredentialType;
}

/**
 * What n8n-core needs around a workflow, with the real credential class signing requests. Everything a node does on
 * the wire goes through n8n-core's own HTTP helper.
 *
 * @param values what a person entered in the credential
 */
export function surroundings(credential: ICredentialType, values: object, extra: Record<string, unknown> = {}): IWorkflowExecuteAdditionalData {
	const credentialsHelper = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		getDecrypted: async () => ({ ...values }) as IDataObject,
		preAuthentication: async () => undefined,
		authenticate: async (data: IDataObject, _type: string, request: IDataObject) =>
			await (credential.authenticate as unknown as (c: IDataObject, r: IDataObject) => Promise<IDataObject>)(data, request),
		runPreAuthentication: async () => undefined,
		getCredentials: async () => undefined,
		getCredentialsProperties: () => credential.properties,
		updateCredentials: async () => undefined,
		updateCredentialsOauthTokenData: async () => undefined,
	};
	return {
		credentialsHelper,
		executionId: '1',
		restApiUrl: 'http://127.0.0.1/rest',
		instanceBaseUrl: 'http://127.0.0.1/',
		webhookBaseUrl: 'http://127.0.0.1/webhook',
		webhookTestBaseUrl: 'http://127.0.0.1/webhook-test',
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		variables: {},
		currentNodeParameters: undefined,
		...extra,
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** A workflow of one node, as n8n builds it from the database. */
export function workflowOf(type: INodeType, node: INode, staticData: IDataObject, id = 'workflow1'): Workflow {
	return new Workflow({
		id,
		name: 'Test',
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes: { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) },
		staticData,
		settings: { executionOrder: 'v1' },
	});
}

/** The credentials entry of a workflow file. */
export const credentialsOf = ({ credential }: Subject): INode['credentials'] => ({ [credential.name]: { id: '1', name: credential.displayName } });
