import { currentCell, metadata, notes, status, type Entity } from './types';

/** A work order or line item. */
export const part: Entity = {
	name: 'part',
	plural: 'parts',
	path: 'api-parts',
	title: 'Part',
	titles: 'Parts',
	number: 'part_number',
	unique: true,
	erpSync: true,
	filters: ['job_id', 'status', 'material'],
	sorts: ['created_at', 'part_number', 'status'],
	fields: [
		{ name: 'part_number', label: 'Part Number', type: 'text', create: true },
		{ name: 'material', label: 'Material', type: 'text', create: true },
		{ name: 'quantity', label: 'Quantity', type: 'integer', min: 1 },
		status(),
		notes,
		metadata,
		{ name: 'drawing_no', label: 'Drawing No.', type: 'text' },
		{ name: 'cnc_program_name', label: 'CNC Program Name', type: 'text' },
		{ name: 'is_bullet_card', label: 'Bullet Card', type: 'boolean' },
		{ name: 'material_lot', label: 'Material Lot', type: 'text' },
		{ name: 'material_supplier', label: 'Material Supplier', type: 'text' },
		{ name: 'material_cert_number', label: 'Material Certificate No.', type: 'text' },
		{ name: 'length_mm', label: 'Length (mm)', type: 'number' },
		{ name: 'width_mm', label: 'Width (mm)', type: 'number' },
		{ name: 'height_mm', label: 'Height (mm)', type: 'number' },
		{ name: 'weight_kg', label: 'Weight (kg)', type: 'number' },
		{ name: 'file_paths', label: 'File Paths', type: 'textList' },
		{ name: 'image_paths', label: 'Image Paths', type: 'textList' },
	],
	references: [
		{
			column: 'job_id',
			label: 'Job',
			to: 'job',
			create: true,
			by: [
				{ field: 'job_id', label: 'Job ID', by: 'id' },
				{ field: 'job_external_id', label: 'Job External ID', by: 'externalId' },
				{ field: 'job_number', label: 'Job Number', by: 'number' },
			],
		},
		{
			column: 'parent_part_id',
			label: 'Parent Part',
			to: 'part',
			by: [
				{ field: 'parent_part_id', label: 'Parent Part ID', by: 'id' },
				{ field: 'parent_part_external_id', label: 'Parent Part External ID', by: 'externalId' },
				{ field: 'parent_part_number', label: 'Parent Part Number', by: 'number' },
			],
		},
		currentCell,
	],
};
