import type { Switches } from '../switches.mts';

/**
 * The public schema of the Pico API as far as its documentation shows it, in three states: "current" is the newest
 * documented one, "legacy" the oldest, "mixed" the one between them. Names that no page shows (filters, cursor inputs,
 * some result types) are ours; clients must not rely on them.
 */
export function sdlFor(switches: Pick<Switches, 'profile' | 'streamShape' | 'extraSaveFields' | 'streamCursor'>): string {
	const { profile, streamShape } = switches;
	const legacy = profile === 'legacy';
	const from = (type: string) => (switches.streamCursor === 'on' ? `cursor: [${type}],` : '');
	const event = (type: string) => (streamShape === 'list' ? `[${type}!]!` : `${type}!`);
	return [
		scalars,
		operation,
		profile === 'current' ? subOperation('childId', 'childIndex') : subOperation('subId', 'subGroup'),
		legacy ? legacyCompletion : completion(profile === 'current'),
		webhooks(legacy),
		legacy ? legacySave(switches.extraSaveFields) : save(switches.extraSaveFields),
		filters(profile === 'current' ? 'childId' : 'subId'),
		cursors,
		roots(event, from),
		legacy ? '' : notes(event, from),
		legacy ? '' : workInstructions,
	].join('\n');
}

const scalars = `
scalar Time
scalar DateTime
scalar URL
scalar JSON
enum CursorOrdering { ASC DESC }
`;

const operation = `
type Operation {
  id: ID
  externalId: String
  externalRevision: String
  externalCodes: [String]
  name: String!
  templateID: ID
  variantName: String
  consumedSerials: [Attribute]!
  updatedAt: Time!
  archivedAt: Time
}
type Attribute { id: ID  name: String  externalId: String }
`;

const subOperation = (child: string, index: string) => `
type SubOperation { parentId: ID  ${child}: ID  ${index}: Int  updatedAt: Time }
`;

const consumedSerial = `
type ConsumedSerial { id: ID  externalId: String  value: String }
`;

const completion = (current: boolean) => `
type OperationOrderComplete {
  externalOrderId: String!
  operation: Operation
  orderIndex: Int
  at: Time!
  operationSummary: OperationSummary!
  endState: State
  ${current ? 'reservedSerialNumber: String  secondaryExternalOrderId: String' : ''}
}
type OperationSummary {
  startedAt: Time
  ${current ? 'cycleTime: Float!' : ''}
  consumedSerials: [ConsumedSerial]
}
type State { producedSerial: String }
${consumedSerial}`;

const legacyCompletion = `
type OperationOrderComplete {
  externalOrderId: String!
  operation: Operation
  wip: Boolean
  operationSummary: OperationSummary!
  endState: State
}
type OperationSummary { startedAt: Time  cycleTime: Float  endState: State  consumedSerials: [ConsumedSerial] }
type State { producedSerial: String  at: Time  station: Station  operator: Operator }
type Operator { name: String }
type Station { name: String }
${consumedSerial}`;

const webhooks = (legacy: boolean) => `
type SubscriptionHandle {
  subscriptionId: String
  responseFragment: String
  webhookUrl: String
  createdAt: DateTime
  lastEventAt: DateTime
}
type WebhookUnsubscribeResult { success: Boolean  subscriptionId: String  message: String }
input ${legacy ? 'SubscribeRequest_Input' : 'SubscribeRequestInput'} {
  subscriptionID: String!
  responseFragment: String!
  webhookUrl: URL!
  webhookHeaders: JSON
}
${legacy ? 'type SubscribeRefused { message: String }\nunion webhookSubscribe_response = SubscriptionHandle | SubscribeRefused' : ''}
extend type Query { webhookSubscriptions: [SubscriptionHandle] }
extend type Mutation {
  webhookSubscribe(${legacy ? 'input: SubscribeRequest_Input): webhookSubscribe_response' : 'input: SubscribeRequestInput): SubscriptionHandle'}
  webhookUnsubscribe(subscriptionId: String!): WebhookUnsubscribeResult
}
`;

const extraFields = (extra: boolean) => (extra ? 'reservedSerialNumber: String  secondaryExternalOrderId: String' : '');

const save = (extra: boolean) => `
input OperationOrderSaveInput {
  externalOrderId: String
  operationId: ID!
  orderIndex: Int
  selectOptionalOperationIds: [ID!]
  ${extraFields(extra)}
}
`;

const legacySave = (extra: boolean) => `
input OperationOrderSaveInput {
  externalOrderId: String
  operationId: ID!
  operationIndex: Int
  selectGroupOperations: [ID!]
  ${extraFields(extra)}
}
`;

const filters = (child: string) => `
input IDFilter { _eq: ID  _in: [ID!] }
input StringFilter { _eq: String  _in: [String!] }
input IntFilter { _eq: Int  _gt: Int  _gte: Int  _lt: Int  _lte: Int }
input TimeFilter { _eq: Time  _gt: Time  _gte: Time  _lt: Time  _lte: Time }
input OperationFilter {
  id: IDFilter  externalId: StringFilter  updatedAt: TimeFilter
  _and: [OperationFilter!]  _or: [OperationFilter!]  _not: OperationFilter
}
input SubOperationFilter {
  parentId: IDFilter  ${child}: IDFilter  updatedAt: TimeFilter
  _and: [SubOperationFilter!]  _or: [SubOperationFilter!]  _not: SubOperationFilter
}
input OperationOrderCompleteFilter {
  externalOrderId: StringFilter  operation: OperationFilter  at: TimeFilter
  _and: [OperationOrderCompleteFilter!]  _or: [OperationOrderCompleteFilter!]  _not: OperationOrderCompleteFilter
}
`;

const cursors = `
input OperationCursorValue { updatedAt: Time }
input OperationCursor { initialValue: OperationCursorValue!  ordering: CursorOrdering }
input SubOperationCursorValue { updatedAt: Time }
input SubOperationCursor { initialValue: SubOperationCursorValue!  ordering: CursorOrdering }
input OperationOrderCompleteCursorValue { at: Time }
input OperationOrderCompleteCursor { initialValue: OperationOrderCompleteCursorValue!  ordering: CursorOrdering }
`;

type Part = (type: string) => string;

const roots = (event: Part, from: Part) => `
type Query {
  operations(where: OperationFilter): [Operation!]!
  subOperations(where: SubOperationFilter): [SubOperation!]!
  operationOrderCompletes(where: OperationOrderCompleteFilter): [OperationOrderComplete!]!
}
type OperationOrderResult { message: String }
input OperationOrderCancelInput {
  externalOrderId: String
  operationId: String!
  orderIndex: Int
  cancelAll: Boolean
}
type Mutation {
  operationOrderSave(input: OperationOrderSaveInput!): OperationOrderResult
  operationOrderCancel(input: OperationOrderCancelInput!): OperationOrderResult
}
type Subscription {
  operationsStream(${from('OperationCursor')} batchSize: Int, where: OperationFilter): ${event('Operation')}
  subOperationsStream(${from('SubOperationCursor')} batchSize: Int, where: SubOperationFilter): ${event('SubOperation')}
  operationOrderCompletesStream(
    ${from('OperationOrderCompleteCursor')} batchSize: Int, where: OperationOrderCompleteFilter
  ): ${event('OperationOrderComplete')}
}
`;

const notes = (event: Part, from: Part) => `
type NoteEvent {
  seq: Int!
  at: Time!
  id: String!
  externalId: String!
  text: String
  metadata: JSON
  images: [String!]
  eventType: String!
  type: NoteType
  state: NoteState
}
type NoteType { id: ID  name: String }
type NoteState { operator: Operator  station: Station }
type Operator { name: String }
type Station { name: String }
input NoteEventFilter {
  id: StringFilter  seq: IntFilter  at: TimeFilter
  _and: [NoteEventFilter!]  _or: [NoteEventFilter!]  _not: NoteEventFilter
}
input NoteEventCursorValue { seq: Int  at: Time }
input NoteEventCursor { initialValue: NoteEventCursorValue!  ordering: CursorOrdering }
extend type Query { noteEvents(where: NoteEventFilter): [NoteEvent!]! }
extend type Subscription {
  noteEventsStream(${from('NoteEventCursor')} batchSize: Int, where: NoteEventFilter): ${event('NoteEvent')}
}
`;

const workInstructions = `
input ProcessCreateInput { process: ProcessInput! }
input ProcessInput { id: ID!  name: String!  description: String  steps: [StepInput!] }
input StepInput { id: ID!  name: String  instructionText: TextInput  actions: [ActionInput!] }
input ActionInput { id: ID!  description: TextInput }
input TextInput { text: String }
input ProductCreateInput { product: JSON }
input StationCreateInput { station: JSON }
extend type Mutation {
  processCreate(input: ProcessCreateInput!): JSON
  productCreate(input: ProductCreateInput!): JSON
  stationCreate(input: StationCreateInput!): JSON
}
`;
