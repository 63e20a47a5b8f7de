export interface Steps {
	say(text?: string): void;
	run<T>(name: string, work: (report: (detail: string) => void) => T | Promise<T>): Promise<T>;
}
export function commandLine(main: (context: { steps: Steps; root: string; args: string[] }) => Promise<number>): Promise<void>;
