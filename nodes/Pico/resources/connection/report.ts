import { hostOf } from '../../../shared/api/classify';
import type { PicoClient } from '../../../shared/api/client';
import { printed } from '../../../shared/api/result';
import type { Finding, Verdict } from './finding';

/** As in package.json, which a node cannot read. */
const VERSION = '0.1.0';
/** An issue takes 65,536 characters; Pico's whole schema has some 6,000. */
const LONGEST_SCHEMA = 30_000;

const ORDER: readonly Verdict[] = ['failed', 'warning', 'ok', 'skipped'];

/** The worst of all verdicts. */
export function worst(findings: readonly Finding[]): Verdict {
	return ORDER.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'ok';
}

/** One text for an issue, in Markdown. Names no token, no host and no address: whoever reads it learns what this Pico does. */
export function reportText(client: PicoClient, findings: readonly Finding[], seconds: number): string {
	const types = findings.flatMap(({ details }) => (Array.isArray(details.types) ? details.types.map(String) : []));
	// Node.js before 21 does not name itself.
	const nodeJs = typeof navigator === 'undefined' ? 'Node.js' : navigator.userAgent;
	const { protocol, pathname } = new URL(client.endpoint);
	const text = [
		'### Pico MES connection check',
		'',
		`n8n-nodes-pico-mes ${VERSION}, ${nodeJs}, ${new Date().toISOString()}, ${seconds} s, endpoint ${protocol}//…${pathname}`,
		'',
		'| Verdict | Check | Meaning |',
		'|---|---|---|',
		...findings.map(({ verdict, check, meaning }) => `| ${verdict} | ${check} | ${inCell(meaning)} |`),
		'',
		'```text',
		...findings.map(technical).filter((line) => !line.endsWith(': {}')),
		'```',
		...(types.length > 0 ? ['', '```text', types.join('\n').slice(0, LONGEST_SCHEMA), '```'] : []),
		'',
	].join('\n');
	return anonymous(client.withoutToken(text), client.endpoint);
}

/** Names this plant, or stands elsewhere in the report. */
const LEFT_OUT: ReadonlySet<string> = new Set(['types', 'endpoint', 'address', 'works']);

/** What was measured. */
function technical({ check, details }: Finding): string {
	return `${check}: ${printed(Object.fromEntries(Object.entries(details).filter(([name]) => !LEFT_OUT.has(name))))}`;
}

function inCell(text: string): string {
	return text.replace(/[|\r\n]+/g, ' ');
}

/** Without the host of Pico and without any address but its path. */
function anonymous(text: string, endpoint: string): string {
	const host = hostOf(endpoint);
	const shorter = text.replace(/(https?:\/\/)[^/\s'"`)|…]+/gi, '$1…');
	return [host, host.replace(/:\d+$/, '')].reduce((clean, name) => clean.replaceAll(name, '…'), shorter);
}
