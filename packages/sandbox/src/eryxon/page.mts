export const page = (): string => '<!doctype html><title>Eryxon double</title>';
