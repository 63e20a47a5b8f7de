import { createHmac, timingSafeEqual } from 'node:crypto';

export type Verdict = { ok: true; signedAt?: number } | { ok: false; reason: string };

/**
 * Checks `X-Eryxon-Signature` over the raw body. Two forms are in use:
 * - `sha256=<hex>`: HMAC-SHA256(secret, body); the time of the event is inside the body
 * - `t=<unix seconds>,v1=<hex>`: HMAC-SHA256(secret, `<t>.` + body), from 0.11 on
 *
 * @returns `signedAt` in seconds where the header holds it
 */
export function checkSignature(secret: string, header: unknown, body: Uint8Array): Verdict {
	if (typeof header !== 'string' || header.trim() === '') return { ok: false, reason: 'the header X-Eryxon-Signature is missing' };
	const parts = header.split(',').map((part) => part.trim());
	const plain = parts.filter((part) => part.startsWith('sha256=')).map((part) => part.slice('sha256='.length));
	if (plain.length > 0) return anyOf(plain, hmac(secret, body)) ? { ok: true } : FOREIGN;

	const time = parts.find((part) => part.startsWith('t='))?.slice('t='.length) ?? '';
	const signatures = parts.filter((part) => part.startsWith('v1=')).map((part) => part.slice('v1='.length));
	if (!/^\d{1,12}$/.test(time) || signatures.length === 0) return { ok: false, reason: 'the header X-Eryxon-Signature has no known form' };
	return anyOf(signatures, hmac(secret, Buffer.from(`${time}.`), body)) ? { ok: true, signedAt: Number(time) } : FOREIGN;
}

const FOREIGN: Verdict = { ok: false, reason: 'the signature does not fit; it was made with another secret, or the body was changed on the way' };

/** Whether a signed moment (in seconds) is within the window; a window of 0 lets everything through. */
export function isFresh(signedAt: number, nowMs: number, windowSeconds: number): boolean {
	return windowSeconds <= 0 || Math.abs(nowMs / 1000 - signedAt) <= windowSeconds;
}

function hmac(secret: string, ...parts: Uint8Array[]): Buffer {
	const made = createHmac('sha256', secret);
	for (const part of parts) made.update(part);
	return made.digest();
}

/** Compares in a time that tells nothing of where two signatures differ. */
function anyOf(signatures: readonly string[], expected: Buffer): boolean {
	let fits = false;
	for (const signature of signatures) {
		const given = /^[0-9a-f]{64}$/i.test(signature) ? Buffer.from(signature, 'hex') : Buffer.alloc(expected.length);
		fits = timingSafeEqual(given, expected) || fits;
	}
	return fits;
}
