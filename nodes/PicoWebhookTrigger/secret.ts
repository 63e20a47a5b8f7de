import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Header in which Pico sends the secret along; Pico never shows it again. */
export const SECRET_HEADER = 'x-pico-webhook-secret';

export function newSecret(): string {
	return randomBytes(32).toString('base64url');
}

/** Compares in a time that tells nothing of where two secrets differ. */
export function isSecret(expected: string, given: unknown): boolean {
	return timingSafeEqual(digest(expected), digest(typeof given === 'string' ? given : ''));
}

function digest(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
