import type { IDataObject } from 'n8n-workflow';

import { otherPath } from '../../../shared/api/classify';
import { Dialect } from '../../../shared/api/dialect/dialect';
import { INTROSPECTION, readSchema } from '../../../shared/api/dialect/introspection';
import { operationsDocument } from '../../../shared/api/documents/reads';
import { asFailure, PicoFailure } from '../../../shared/api/failure';
import { deadline } from '../../../shared/api/pause';
import { certificateFailure } from '../../../shared/api/transport';
import { addressWarning } from '../webhook/webhookUrl';
import { failed, LIMITS, ok, skipped, warning, type Finding, type Line } from './finding';

/** Runs one question, and gives it up after a while. */
export async function answered<T>({ signal }: Line, ask: (signal: AbortSignal) => Promise<T>): Promise<{ value: T } | { failure: PicoFailure }> {
	const late = new PicoFailure('timeout', `Pico did not answer within ${LIMITS.answer / 1000} s`, {
		hint: 'Check that the server is up and that no firewall or proxy between n8n and Pico drops connections.',
	});
	const limit = deadline(LIMITS.answer, late, signal);
	try {
		return { value: await ask(limit.signal) };
	} catch (error) {
		return { failure: asFailure(error) };
	} finally {
		limit.stop();
	}
}

/**
 * Whether anything answers, by TLS, and in GraphQL.
 *
 * @returns `at`: when it answered, by the clock of n8n
 */
export async function reach(line: Line): Promise<{ findings: Finding[]; isReached: boolean; at: number }> {
	const { client } = line;
	const outcome = await answered(line, async (signal) => await client.execute({ document: '{ __typename }', repeatable: true, signal }));
	const at = Date.now();
	const failure = 'failure' in outcome && outcome.failure.kind !== 'graphql' ? outcome.failure : undefined;
	const there = ok('Address', 'A server answers at this address.', { endpoint: client.endpoint });
	switch (failure?.kind) {
		case undefined:
			return { findings: [there, await certificate(line), ok('Path', 'The server answers GraphQL at this path.')], isReached: true, at };
		case 'auth':
			return { findings: [there, await certificate(line), ok('Path', 'The server answers at this path.'), failed('Token', failure)], isReached: false, at };
		case 'path':
		case 'notGraphql':
		case 'redirect':
			return { findings: [there, await certificate(line), await path(line, failure)], isReached: false, at };
		case 'certificate':
			return { findings: [there, failed('Certificate', failure)], isReached: false, at };
		default:
			return { findings: [failed('Address', failure as PicoFailure)], isReached: false, at };
	}
}

async function certificate({ client, signal }: Line): Promise<Finding> {
	const check = 'Certificate';
	if (/^http:/i.test(client.endpoint)) {
		const meaning = 'The connection is not encrypted (http), so there is no certificate.';
		if (addressWarning(client.endpoint)) return ok(check, meaning);
		return warning(check, `${meaning} Whoever listens in the network can read the token.`, "If the server offers https, enter that address as 'Endpoint' in the credential.");
	}
	// How n8n hides the end of a certificate from nodes stands in `transport`.
	const details = { validUntil: null };
	const end = 'n8n does not show nodes when it ends: look that up in a browser, and put the day into your calendar.';
	if (!client.ignoreTlsIssues) return { ...ok(check, 'The certificate is trusted and has not expired.', details), whatToDo: end };
	const refused = await certificateFailure(client.context, client.endpoint, signal);
	if (!refused) return warning(check, "'Ignore TLS Issues' is on, but the certificate is trusted.", "Switch 'Ignore TLS Issues' off in the credential.", details);
	return warning(check, `${refused.message}. The connection is let through because 'Ignore TLS Issues' is on.`, refused.details.hint ?? '', details);
}

/** The paths that Pico documents, tried on the same host: the token goes to no other. */
async function path(line: Line, failure: PicoFailure): Promise<Finding> {
	const finding = failed('Path', failure);
	if (failure.kind === 'redirect') return finding;
	const { endpoint } = line.client;
	const first = otherPath(endpoint);
	const works: string[] = [];
	for (const candidate of [first, otherPath(first)]) {
		if (new URL(candidate).pathname === new URL(endpoint).pathname) continue;
		const outcome = await answered(line, async (signal) => await line.client.answersAt(candidate, signal));
		if ('value' in outcome) works.push(candidate);
	}
	const details: IDataObject = { ...finding.details, works };
	if (works.length > 0) return { ...finding, whatToDo: `${works[0]} answers. Enter it as 'Endpoint' in the credential.`, details };
	const whatToDo = "Neither /graph/v2 nor /graphql answers on this host. Ask your Pico administrator for the full address, and enter it as 'Endpoint' in the credential.";
	return { ...finding, whatToDo, details };
}

/** Asks, as the test of the credential does, for an operation that does not exist: that needs a valid token. */
export async function token(line: Line): Promise<Finding> {
	const dialect = new Dialect(undefined);
	const outcome = await answered(line, async (signal) => {
		const build = () => ({ document: operationsDocument(dialect, { id: { _eq: 'n8n-connection-check' } }, ['id']) });
		return await dialect.adapting(build, async ({ document }) => await line.client.execute({ document, repeatable: true, signal }));
	});
	return 'failure' in outcome ? failed('Token', outcome.failure) : ok('Token', 'Pico takes the token and answers a question about its operations.');
}

/** The server's names, asked for now: what a trigger found earlier may be out of date. */
export async function introspection(line: Line): Promise<{ finding: Finding; dialect: Dialect }> {
	const check = 'Introspection';
	const outcome = await answered(line, async (signal) => await line.client.execute({ document: INTROSPECTION, repeatable: true, signal }));
	const schema = 'value' in outcome ? readSchema(outcome.value.data) : undefined;
	const dialect = new Dialect(schema);
	if (schema) return { dialect, finding: ok(check, 'The server tells its names, so the nodes know them from the start.', { types: dialect.describe() }) };
	if ('failure' in outcome && outcome.failure.kind !== 'graphql') return { dialect, finding: failed(check, outcome.failure) };
	const meaning = 'The server does not tell its names. The nodes learn them from its answers, and filter in n8n where they cannot know whether Pico can.';
	return { dialect, finding: warning(check, meaning, 'Everything works this way. If who runs Pico can switch introspection on, large sites are read faster.') };
}

export const notReached = (check: string): Finding => skipped(check, 'First solve what failed above, then run the check again.');
