import { createHmac } from 'node:crypto';

const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');

/** Until 0.10: `sha256=` and the HMAC-SHA256 of the body. */
export const oldSignature = (secret: string, body: string): string => `sha256=${hmac(secret, body)}`;

/** Since 0.11.0: the moment of signing is part of what is signed. @param at unix time in seconds */
export const newSignature = (secret: string, body: string, at: number): string =>
	`t=${at},v1=${hmac(secret, `${at}.${body}`)}`;
