/** The series of Odoo that the double can be. What differs between them stands where it matters, as `db.version < 19`. */
export const versions = [17, 18, 19] as const;

export type Version = (typeof versions)[number];

export const newestVersion: Version = 19;
