export const page = (): string => '<!doctype html><title>NetSuite double</title>';
