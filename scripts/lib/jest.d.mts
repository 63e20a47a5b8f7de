export const RESULTS_FOLDER: string;
export function runJest(root: string, options: { name: string; config: string; args?: string[] }): Promise<boolean>;
