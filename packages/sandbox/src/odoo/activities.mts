import type { Row } from './database.mts';
import { valueError } from './errors.mts';
import type { Orm, Values } from './orm.mts';

/** Names that stay the same in every Odoo and every language, to the names of the activity types. */
const typesByXmlId: Readonly<Record<string, string>> = {
	'mail.mail_activity_data_todo': 'To-Do',
	'mail.mail_activity_data_email': 'Email',
};

/** Puts a task for a person on records, as `activity_schedule` of Odoo's activity mixin does. Answers the new ids. */
export function scheduleActivity(orm: Orm, rows: readonly Row[], params: Values, via: string): number[] {
	const { db } = orm;
	const xmlId = String(params.act_type_xmlid || 'mail.mail_activity_data_todo');
	const type = db.rows('mail.activity.type').find((row) => row.values.name === typesByXmlId[xmlId]);
	if (!type) throw valueError(`External ID not found in the system: ${xmlId}`);
	const ids = rows.map((row) => {
		const model = db.rows('ir.model').find((each) => each.values.model === row.model);
		return orm.create('mail.activity', {
			res_model_id: model?.id,
			res_id: row.id,
			activity_type_id: type.id,
			summary: params.summary ?? false,
			note: params.note ?? false,
			date_deadline: params.date_deadline || db.timestamp().slice(0, 10),
			user_id: params.user_id || db.user,
			automated: true,
		}).id;
	});
	db.touch('mail.activity', ids, via, 'activity_schedule');
	return ids;
}
