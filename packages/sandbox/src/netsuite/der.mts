/** The little of DER (ITU-T X.690) that an X.509 certificate needs. Node can read certificates but not make them. */

function tagged(tag: number, ...parts: Uint8Array[]): Buffer {
	const content = Buffer.concat(parts);
	const size: number[] = [];
	for (let rest = content.length; rest > 0; rest >>>= 8) size.unshift(rest & 0xff);
	const length = content.length < 0x80 ? [content.length] : [0x80 | size.length, ...size];
	return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: Uint8Array[]): Buffer => tagged(0x31, ...parts);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'));
export const octets = (content: Uint8Array): Buffer => tagged(0x04, content);
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));

/** Context-specific tag `[number]`: constructed for structures, primitive for plain bytes. */
export const context = (number: number, content: Uint8Array, constructed = true): Buffer =>
	tagged((constructed ? 0xa0 : 0x80) | number, content);

/** A positive integer from its big-endian bytes, in the shortest form: OpenSSL refuses needless zeros ("illegal padding"). */
export function integer(bytes: Uint8Array): Buffer {
	const first = bytes.findIndex((byte) => byte !== 0);
	const shortest = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
	return tagged(0x02, shortest[0] & 0x80 ? Buffer.concat([Buffer.of(0), shortest]) : shortest);
}

export const bits = (content: Uint8Array, unused = 0): Buffer => tagged(0x03, Buffer.from([unused]), content);

export function oid(dotted: string): Buffer {
	const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
	const bytes = [first * 40 + second];
	for (const number of rest) {
		const groups = [number & 0x7f];
		for (let left = number >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
		bytes.push(...groups);
	}
	return tagged(0x06, Buffer.from(bytes));
}

/** UTCTime: years 1950 to 2049. */
export const utcTime = (date: Date): Buffer =>
	tagged(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`, 'ascii'));
