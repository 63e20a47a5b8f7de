export const page = (): string => '<!doctype html><title>Odoo double</title>';
