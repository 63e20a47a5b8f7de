import { createSecureContext } from 'node:tls';
import { X509Certificate } from 'node:crypto';

import { makeIdentity } from '../../packages/sandbox/src/netsuite/certificate.mts';
import { integer } from '../../packages/sandbox/src/netsuite/der.mts';

test.each([
	['a first byte of zero is left out', [0x00, 0x12], [0x02, 1, 0x12]],
	['several are', [0x00, 0x00, 0x00, 0x7f], [0x02, 1, 0x7f]],
	['one is kept where the number would else be negative', [0x00, 0x80], [0x02, 2, 0x00, 0x80]],
	['one is added there', [0xff], [0x02, 2, 0x00, 0xff]],
	['zero is one byte', [0x00, 0x00], [0x02, 1, 0x00]],
])('numbers in a certificate have the shortest form: %s', (_name, bytes, expected) => {
	expect([...integer(Uint8Array.from(bytes))]).toEqual(expected);
});

test('OpenSSL takes every certificate that the double makes', () => {
	for (let made = 0; made < 50; made++) {
		const { ca, cert, key } = makeIdentity('127.0.0.1');
		expect(() => createSecureContext({ ca, cert, key })).not.toThrow();
		expect(new X509Certificate(cert).checkIssued(new X509Certificate(ca))).toBe(true);
	}
});
