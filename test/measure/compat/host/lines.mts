/** Node lines that npm has as packages, and that n8n runs on. */
export const NODE = { 22: '22.23.3', 24: '24.21.0' } as const;

export interface Line {
	/** Major and minor of n8n, or `newest`. */
	name: string;
	node: keyof typeof NODE;
	/** Versions pinned because the ones that npm would choose do not install without a compiler or another host. */
	overrides: Record<string, string | Record<string, string>>;
	/** What n8n wants beside it and npm, told to leave peers alone, does not put there. */
	beside?: Record<string, string>;
	/** Line to run in its place, when none of its releases installs. */
	instead?: string;
}

const EVERYWHERE = { linkedom: '0.18.14', 'msgpackr-extract': '3.0.4' };
/** The original of xlsx is an archive outside the npm registry; newer parts of LangChain want a newer core than n8n pins. */
const UNTIL_2_23 = {
	xlsx: '0.18.5',
	'@langchain/langgraph-checkpoint': '1.0.1',
	langchain: { '@langchain/langgraph': '1.2.9' },
};

const TELEMETRY = { '@opentelemetry/core': '2.7.1' };

/** Oldest first. The oldest one runs on the oldest Node that it takes, the others on the Node of n8n's own images. */
export const LINES: readonly Line[] = [
	{ name: '2.20', node: 22, overrides: { ...EVERYWHERE, ...UNTIL_2_23 }, beside: TELEMETRY },
	{ name: '2.23', node: 24, overrides: { ...EVERYWHERE, ...UNTIL_2_23 }, beside: TELEMETRY },
	{ name: '2.32', node: 24, overrides: EVERYWHERE, instead: '2.33' },
	{ name: '2.36', node: 24, overrides: EVERYWHERE },
	{ name: 'newest', node: 24, overrides: EVERYWHERE },
];

/** The line that the documentation names as the oldest with everything. */
export const OLDEST = LINES[0];

/** Releases of a line among all of n8n's, newest first; those of `newest` are the three highest. */
export function releasesOf(line: Line, versions: readonly string[]): string[] {
	const stable = versions.filter((version) => /^\d+\.\d+\.\d+$/.test(version)).sort(newestFirst);
	return line.name === 'newest' ? stable.slice(0, 3) : stable.filter((version) => version.startsWith(`${line.name}.`));
}

function newestFirst(a: string, b: string): number {
	const [left, right] = [a, b].map((version) => version.split('.').map(Number));
	return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
}
