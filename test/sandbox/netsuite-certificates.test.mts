import { createSecureContext } from 'node:tls';
import { X509Certificate } from 'node:crypto';

import { makeIdentity } from '../../packages/sandbox/src/netsuite/certificates.mts';

test('OpenSSL takes the certificate that the double makes, by name and by address', async () => {
	for (const host of ['127.0.0.1', 'netsuite.test']) {
		const { ca, cert, key } = await makeIdentity([host]);
		expect(() => createSecureContext({ ca, cert, key })).not.toThrow();
		const certificate = new X509Certificate(cert);
		expect(certificate.checkIssued(new X509Certificate(ca))).toBe(true);
		expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
		expect([certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
		expect(certificate.subjectAltName).toContain(host);
	}
});
