import type { Model } from '../database.mts';
import {
	boolean,
	char,
	date,
	datetime,
	float,
	html,
	integer,
	many2many,
	many2one,
	one2many,
	ownCompany,
	selection,
	text,
} from '../fields.mts';

/** People, users, countries and the small models that the n8n node's own resources use. */
export const baseModels: readonly Model[] = [
	{
		name: 'ir.model',
		label: 'Models',
		fields: {
			name: char('Model Description', { required: true }),
			model: char('Model', { required: true }),
			state: selection(
				'Type',
				[
					['base', 'Base Object'],
					['manual', 'Custom Object'],
				],
				{ initial: 'base' },
			),
		},
	},
	{
		name: 'ir.model.fields',
		label: 'Fields',
		fields: {
			name: char('Field Name', { required: true }),
			field_description: char('Field Label'),
			model_id: many2one('Model', 'ir.model', { required: true }),
			model: char('Model Name', { readonly: true, compute: (row, db) => db.related(row, 'model_id')?.values.model ?? false }),
			ttype: selection(
				'Field Type',
				['char', 'text', 'html', 'integer', 'float', 'boolean', 'date', 'datetime'].map((type) => [type, type] as const),
				{ required: true },
			),
			state: selection(
				'Type',
				[
					['manual', 'Custom Field'],
					['base', 'Base Field'],
				],
				{ initial: 'manual' },
			),
		},
	},
	{
		name: 'ir.model.data',
		label: 'Model Data',
		fields: {
			module: char('Module', { required: true }),
			name: char('External Identifier', { required: true }),
			model: char('Model Name', { required: true }),
			res_id: integer('Record ID'),
		},
	},
	{
		name: 'res.groups',
		label: 'Access Groups',
		fields: {
			name: char('Name', { required: true }),
			full_name: char('Group Name'),
			implied_ids: many2many('Inherits', 'res.groups'),
		},
	},
	{
		name: 'res.company',
		label: 'Companies',
		fields: { name: char('Company Name', { required: true }), active: boolean('Active', { initial: true }) },
	},
	{
		name: 'res.partner',
		label: 'Contact',
		fields: {
			name: char('Name', { required: true }),
			active: boolean('Active', { initial: true }),
			email: char('Email'),
			phone: char('Phone'),
			mobile: char('Mobile'),
			website: char('Website'),
			street: char('Street'),
			street2: char('Street2'),
			city: char('City'),
			zip: char('Zip'),
			state_id: many2one('State', 'res.country.state'),
			country_id: many2one('Country', 'res.country'),
			parent_id: many2one('Related Company', 'res.partner'),
			child_ids: one2many('Contact', 'res.partner', 'parent_id'),
			is_company: boolean('Is a Company'),
			function: char('Job Position'),
			vat: char('Tax ID'),
			ref: char('Reference'),
			comment: html('Notes'),
		},
	},
	{
		name: 'res.users',
		label: 'User',
		fields: {
			name: char('Name', { required: true }),
			login: char('Login', { required: true }),
			active: boolean('Active', { initial: true }),
			partner_id: many2one('Related Partner', 'res.partner'),
			password: char('Password', { help: 'Written, never read' }),
			company_id: many2one('Company', 'res.company', { initial: ownCompany }),
			company_ids: many2many('Allowed Companies', 'res.company'),
			groups_id: many2many('Groups', 'res.groups', { until: 18 }),
			group_ids: many2many('Groups', 'res.groups', { since: 19 }),
		},
	},
	{ name: 'res.country', label: 'Country', fields: { name: char('Country Name'), code: char('Country Code') } },
	{
		name: 'res.country.state',
		label: 'Country state',
		fields: { name: char('State Name'), code: char('State Code'), country_id: many2one('Country', 'res.country') },
	},
	{
		name: 'crm.lead',
		label: 'Lead',
		fields: {
			name: char('Opportunity', { required: true }),
			active: boolean('Active', { initial: true }),
			email_from: char('Email'),
			phone: char('Phone'),
			expected_revenue: float('Expected Revenue'),
			probability: float('Probability'),
			priority: selection(
				'Priority',
				[
					['0', 'Low'],
					['1', 'Medium'],
					['2', 'High'],
					['3', 'Very High'],
				],
				{ initial: '0' },
			),
			type: selection(
				'Type',
				[
					['lead', 'Lead'],
					['opportunity', 'Opportunity'],
				],
				{ initial: 'opportunity' },
			),
			description: html('Notes'),
			partner_id: many2one('Customer', 'res.partner'),
			user_id: many2one('Salesperson', 'res.users'),
		},
	},
	{ name: 'note.note', label: 'Note', fields: { memo: html('Note Content'), name: text('Note Summary') } },
	{
		name: 'mail.activity.type',
		label: 'Activity Type',
		fields: { name: char('Name', { required: true }), summary: char('Default Summary') },
	},
	{
		name: 'mail.activity',
		byModel: 'res_model',
		label: 'Activity',
		displayName: (row, db) => String(row.values.summary ?? db.related(row, 'activity_type_id')?.values.name ?? ''),
		fields: {
			summary: char('Summary'),
			note: html('Note'),
			date_deadline: date('Due Date'),
			res_model_id: many2one('Document Model', 'ir.model', { required: true }),
			res_id: integer('Related Document ID', { required: true }),
			res_model: char('Related Document Model', {
				readonly: true,
				compute: (row, db) => db.related(row, 'res_model_id')?.values.model ?? false,
			}),
			res_name: char('Document Name', {
				readonly: true,
				compute: (row, db) => {
					const model = String(db.related(row, 'res_model_id')?.values.model ?? '');
					const other = db.hasModel(model) ? db.find(model, Number(row.values.res_id)) : undefined;
					return other ? db.displayName(other) : false;
				},
			}),
			activity_type_id: many2one('Activity Type', 'mail.activity.type'),
			automated: boolean('Automated activity', { initial: false }),
			user_id: many2one('Assigned to', 'res.users', { initial: 2 }),
		},
	},
	{
		name: 'mail.message',
		byModel: 'model',
		label: 'Message',
		displayName: (row) => String(row.values.subject ?? row.values.body ?? ''),
		fields: {
			subject: char('Subject'),
			body: html('Contents'),
			date: datetime('Date'),
			model: char('Related Document Model'),
			res_id: integer('Related Document ID'),
			author_id: many2one('Author', 'res.partner'),
		},
	},
];
