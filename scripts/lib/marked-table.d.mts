export function withMarked(page: string, region: string, text: string): string;
export function writeMarked(file: string, region: string, text: string): void;
