import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { bits, boolean, context, integer, octets, oid, sequence, set, utcTime, utf8 } from './der.mts';

export interface Identity {
	/** PEM file of the authority: start n8n with NODE_EXTRA_CA_CERTS set to it. */
	caFile: string;
	/** PEM of the server's certificate and of its key. */
	cert: string;
	key: string;
}

const day = 24 * 60 * 60 * 1000;

/**
 * A certificate for `localhost`, 127.0.0.1 and `host`, signed by an authority made for this folder. Files that are
 * there and still good for a week are used again, so that a running n8n goes on trusting a restarted double.
 */
export function identityIn(folder: string, host: string): Identity {
	mkdirSync(folder, { recursive: true });
	const caFile = join(folder, 'netsuite-double-ca.pem');
	const certFile = join(folder, 'netsuite-double.pem');
	const keyFile = join(folder, 'netsuite-double.key');
	if (![caFile, certFile, keyFile].every(existsSync) || !isUsable(readFileSync(certFile, 'utf8'), host)) {
		const made = makeIdentity(host);
		writeFileSync(caFile, made.ca);
		writeFileSync(certFile, made.cert);
		writeFileSync(keyFile, made.key, { mode: 0o600 });
	}
	return { caFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function isUsable(pem: string, host: string): boolean {
	const certificate = new X509Certificate(pem);
	const named = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host);
	return named !== undefined && new Date(certificate.validTo).getTime() > Date.now() + 7 * day;
}

/** Makes an authority and a server certificate signed by it. The authority's key is thrown away. */
export function makeIdentity(host: string): { ca: string; cert: string; key: string } {
	const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const authorityName = `Sandbox authority ${randomBytes(4).toString('hex')}`;
	const ca = certificate({
		subject: authorityName,
		issuer: authorityName,
		publicKey: authority.publicKey,
		signingKey: authority.privateKey,
		extensions: [
			extension('2.5.29.19', sequence(boolean(true)), true),
			// keyCertSign and cRLSign: bits 5 and 6.
			extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
		],
	});
	const cert = certificate({
		subject: 'NetSuite double',
		issuer: authorityName,
		publicKey: server.publicKey,
		signingKey: authority.privateKey,
		extensions: [
			extension('2.5.29.17', sequence(...alternativeNames(host))),
			extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
		],
	});
	return { ca, cert, key: String(server.privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

function alternativeNames(host: string): Buffer[] {
	const names = new Set(['localhost', '127.0.0.1', host]);
	return [...names].map((name) => {
		if (isIP(name) === 4) return context(7, Buffer.from(name.split('.').map(Number)), false);
		return context(2, Buffer.from(name, 'ascii'), false);
	});
}

const extension = (id: string, content: Uint8Array, critical = false): Buffer =>
	sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(content));

const commonName = (name: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(name))));

function certificate(about: {
	subject: string;
	issuer: string;
	publicKey: KeyObject;
	signingKey: KeyObject;
	extensions: Buffer[];
}): string {
	const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
	const signed = sequence(
		context(0, integer(Buffer.from([2]))),
		integer(randomBytes(12)),
		ecdsaWithSha256,
		commonName(about.issuer),
		sequence(utcTime(new Date(Date.now() - day)), utcTime(new Date(Date.now() + 800 * day))),
		commonName(about.subject),
		about.publicKey.export({ type: 'spki', format: 'der' }),
		context(3, sequence(...about.extensions)),
	);
	const der = sequence(signed, ecdsaWithSha256, bits(sign('sha256', signed, about.signingKey)));
	const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
	return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
