import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Identity {
	/** PEM file of the authority: start n8n with NODE_EXTRA_CA_CERTS set to it. */
	caFile: string;
	/** PEM of the server's certificate and of its key. */
	cert: string;
	key: string;
}

/** A key pair with which a machine signs in, see `MachineSignIn`. All in PEM. */
export interface MachineKey {
	privateKey: string;
	publicKey: string;
	/** The public part, which an administrator uploads. */
	certificate: string;
	/** File with the private key. */
	keyFile: string;
}

const day = 24 * 60 * 60 * 1000;
const since = (): Date => new Date(Date.now() - day);
/** NetSuite cuts a longer life to two years, so nothing here lives longer. */
const until = (): Date => new Date(Date.now() + 700 * day);

/**
 * A certificate for `localhost`, 127.0.0.1 and `hosts`, signed by an authority made for this folder. Files that are
 * there and still good for a week are used again, so that a running n8n goes on trusting a restarted double.
 */
export async function identityIn(folder: string, hosts: readonly string[]): Promise<Identity> {
	mkdirSync(folder, { recursive: true });
	const caFile = join(folder, 'netsuite-double-ca.pem');
	const certFile = join(folder, 'netsuite-double.pem');
	const keyFile = join(folder, 'netsuite-double.key');
	if (![caFile, certFile, keyFile].every(existsSync) || !isUsable(readFileSync(certFile, 'utf8'), hosts)) {
		const made = await makeIdentity(hosts);
		writeFileSync(caFile, made.ca);
		writeFileSync(certFile, made.cert);
		writeFileSync(keyFile, made.key, { mode: 0o600 });
	}
	return { caFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** The key pair of the machine that the double lets in. It is made once for a folder and found there again. */
export async function machineKeyIn(folder: string): Promise<MachineKey> {
	mkdirSync(folder, { recursive: true });
	const certFile = join(folder, 'netsuite-machine.pem');
	const keyFile = join(folder, 'netsuite-machine.key');
	if (![certFile, keyFile].every(existsSync) || !isUsable(readFileSync(certFile, 'utf8'))) {
		const made = await makeMachineKey();
		writeFileSync(certFile, made.certificate);
		writeFileSync(keyFile, made.privateKey, { mode: 0o600 });
	}
	const [privateKey, certificate] = [readFileSync(keyFile, 'utf8'), readFileSync(certFile, 'utf8')];
	const publicKey = String(createPublicKey(certificate).export({ type: 'spki', format: 'pem' }));
	return { privateKey, publicKey, certificate, keyFile };
}

function isUsable(pem: string, hosts: readonly string[] = []): boolean {
	const certificate = new X509Certificate(pem);
	const names = (host: string) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
	return hosts.every(names) && new Date(certificate.validTo).getTime() > Date.now() + 7 * day;
}

/** Makes an authority and a server certificate signed by it. The authority's key is thrown away. */
export async function makeIdentity(hosts: readonly string[]): Promise<{ ca: string; cert: string; key: string }> {
	const common = { keyType: 'ec', algorithm: 'sha256', notBeforeDate: since(), notAfterDate: until() } as const;
	const authority = await generate([{ name: 'commonName', value: 'NetSuite double authority' }], {
		...common,
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	const names = [...new Set(['localhost', '127.0.0.1', ...hosts])];
	const server = await generate([{ name: 'commonName', value: 'NetSuite double' }], {
		...common,
		ca: { key: authority.private, cert: authority.cert },
		extensions: [
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
			},
		],
	});
	return { ca: authority.cert, cert: server.cert, key: server.private };
}

/** Makes a key pair that NetSuite takes: RSA keys need 3072 or 4096 bits. */
async function makeMachineKey(): Promise<Omit<MachineKey, 'keyFile'>> {
	const made = await generate([{ name: 'commonName', value: 'n8n' }], {
		keyType: 'rsa',
		keySize: 3072,
		algorithm: 'sha256',
		notBeforeDate: since(),
		notAfterDate: until(),
	});
	return { privateKey: made.private, publicKey: made.public, certificate: made.cert };
}
