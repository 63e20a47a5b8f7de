import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EryxonFailure } from '../../../shared/api/failure';
import { isObject, readRow, type Row } from '../../../shared/core/answers';
import { operation } from '../../../shared/core/entities/operation';
import { asText, isUuid } from '../../../shared/core/values';
import { locate, locatorDescription } from '../../helpers/locator';
import { refuse, wholeNumber } from '../../helpers/parameters';
import type { Execute, Run } from '../../helpers/run';
import { optionsOf } from '../records/options';

const PATH = 'api-operation-quantities';
const MOST = 1_000_000_000;

const count = (name: string, displayName: string): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 0 },
	default: 0,
});

const text = (name: string, displayName: string, description: string): INodeProperties => ({ displayName, name, type: 'string', default: '', description });

export const describeReport: INodeProperties[] = [
	locatorDescription(operation),
	count('good', 'Good'),
	count('scrap', 'Scrap'),
	count('rework', 'Rework'),
	...optionsOf([
		text('materialLot', 'Material Lot', 'Lot or heat number of the material that was used'),
		text('notes', 'Notes', 'Remark on this report'),
		text('operatorId', 'Operator ID', 'Person who reports, by the ID in Eryxon'),
		{ displayName: 'Recorded At', name: 'recordedAt', type: 'dateTime', default: '', description: 'When it was made. Leave empty for now.' },
		text('reportKey', 'Report Key', 'Key of this report, for example the number of an ERP posting. The same key on the same operation is reported only once, even if the run is repeated.'),
		text('scrapReason', 'Scrap Reason Code or ID', 'Code of a scrap reason of Eryxon, or its ID'),
	]),
];

export const reportQuantity: Execute = {
	each: async (run, item) => {
		const [good, scrap, rework] = ['Good', 'Scrap', 'Rework'].map((label) => wholeNumber(run.parameter(label.toLowerCase(), item, 0), label, { min: 0, max: MOST }));
		if (good + scrap + rework === 0) throw refuse('Good', 'is 0, and so are scrap and rework', 'Enter at least one quantity.');
		const operation_id = await locate(run, item, operation);
		const key = asText(run.option('reportKey', item));
		if (key !== '') {
			const before = (await run.client.list(PATH, { operation_id }, { time: { column: 'recorded_at', until: 'to_date' } }, undefined, run.signal)).find(
				({ metadata }) => isObject(metadata) && metadata.report_key === key,
			);
			if (before) return [{ action: 'exists', ...(before as IDataObject) }];
		}
		const body: IDataObject = { operation_id, quantity_produced: good + scrap + rework, quantity_good: good, quantity_scrap: scrap, quantity_rework: rework };
		const lot = asText(run.option('materialLot', item));
		const notes = asText(run.option('notes', item));
		const operator = asText(run.option('operatorId', item));
		const reason = asText(run.option('scrapReason', item));
		const at = run.moment(run.option('recordedAt', item));
		if (at === undefined) throw refuse('Recorded At', 'is not a date', 'Enter a date such as 2026-01-31T08:00:00Z.');
		if (lot !== '') body.material_lot = lot;
		if (notes !== '') body.notes = notes;
		if (operator !== '') body.recorded_by = operator;
		if (at !== '') body.recorded_at = at;
		if (reason !== '') body.scrap_reason_id = await reasonId(run, reason);
		if (key !== '') body.metadata = { report_key: key };
		const { data } = await run.client.send({ method: 'POST', path: PATH, body, signal: run.signal });
		const row = readRow(data);
		if (row === undefined) throw new EryxonFailure('refused', 'Eryxon answered without the quantity', { hint: 'Check in Eryxon whether it exists before you try again.' });
		return [{ action: 'created', ...(row as IDataObject) }];
	},
};

async function reasonId(run: Run, reason: string): Promise<string> {
	if (isUuid(reason)) return reason;
	const reasons = await run.once('scrap reasons', async () => await run.client.list('api-scrap-reasons', {}, {}, undefined, run.signal));
	const found = reasons.find(({ code }: Row) => code === reason);
	if (found) return String(found.id);
	const codes = reasons.map(({ code }) => String(code)).slice(0, 30).join(', ');
	throw refuse('Scrap Reason Code or ID', `is ${reason}, which Eryxon does not have`, codes === '' ? 'It has no scrap reasons yet.' : `Enter one of ${codes}.`);
}
