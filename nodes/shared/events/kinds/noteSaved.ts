import { asNumber, asText, at } from '../read';
import type { EventKind } from '../types';

/** An operator wrote or changed a note during a build. */
export const noteSaved: EventKind = {
	id: 'noteSaved',
	displayName: 'Note Created or Updated',
	description: 'An operator wrote or changed a note during a build',
	streamField: 'noteEventsStream',
	typeName: 'NoteEvent',
	cursorField: 'at',
	selection: [
		{ name: 'seq' },
		{ name: 'at' },
		{ name: 'id' },
		{ name: 'externalId' },
		{ name: 'text' },
		{ name: 'metadata' },
		{ name: 'images' },
		{ name: 'eventType' },
		{ name: 'type', type: 'NoteType', fields: [{ name: 'id' }, { name: 'name' }] },
		{
			name: 'state',
			type: 'NoteState',
			fields: [
				{ name: 'operator', type: 'Operator', fields: [{ name: 'name' }] },
				{ name: 'station', type: 'Station', fields: [{ name: 'name' }] },
			],
		},
	],
	identityFields: ['seq', 'at', 'id', 'externalId', 'text', 'metadata', 'images', 'eventType'],
	namedBy: ['id', 'eventType', 'at'],
	requiredFields: ['id', 'text', 'eventType'],
	repeatIsCorrection: false,
	hasLines: false,
	normalise: (row) => row,
	// An update repeats the id, and `seq` and `at` are described in terms of the created note: none of them alone tells
	// an update from a repeat, so the content takes part.
	identity(row) {
		return [
			...this.subject(row),
			asText(row.eventType),
			asNumber(row.seq),
			asText(row.at),
			asText(row.text),
			row.metadata ?? null,
			row.images ?? null,
			asText(row.externalId),
		];
	},
	subject: (row) => [asText(row.id)],
	simplify: (row) => ({
		noteId: asText(row.id),
		text: asText(row.text),
		eventType: asText(row.eventType),
		type: asText(at(row, 'type.name')),
		operator: asText(at(row, 'state.operator.name')),
		station: asText(at(row, 'state.station.name')),
		at: asText(row.at),
		metadata: row.metadata ?? null,
	}),
	sample: {
		seq: 1,
		at: '2026-01-05T12:30:00.000Z',
		id: 'sample-note',
		externalId: '',
		text: 'Seal had a scratch, replaced',
		metadata: null,
		images: [],
		eventType: 'created',
		type: { id: 'sample-type', name: 'Quality' },
		state: { operator: { name: 'Sam' }, station: { name: 'Station 3' } },
	},
};
