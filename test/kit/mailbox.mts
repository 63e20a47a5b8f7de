import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
	from: string;
	to: string[];
	subject: string;
	/** Headers and body as they came over the wire. */
	raw: string;
	/** The body, with the line ends and line breaks of the wire undone. */
	text: string;
}

/** A real SMTP server on loopback that keeps what it is given. */
export class Mailbox {
	readonly mails: Mail[] = [];
	/** How many of the next messages are refused for the moment (code 451). */
	refuseNext = 0;
	private readonly server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS'],
		logger: false,
		onAuth: (_auth, _session, callback) => callback(null, { user: 'n8n' }),
		onData: (stream, session, callback) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				if (this.refuseNext-- > 0) return callback(Object.assign(new Error('Try again later'), { responseCode: 451 }));
				const { mailFrom, rcptTo } = session.envelope;
				const from = mailFrom ? mailFrom.address : '';
				this.mails.push({ from, to: rcptTo.map(({ address }) => address), ...read(Buffer.concat(chunks).toString('utf8')) });
				callback();
			});
		},
	});

	private constructor() {}

	static async start(): Promise<Mailbox> {
		const made = new Mailbox();
		await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
		return made;
	}

	get port(): number {
		return (this.server.server.address() as AddressInfo).port;
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => this.server.close(resolve));
	}
}

function read(raw: string): Pick<Mail, 'subject' | 'raw' | 'text'> {
	const end = raw.indexOf('\r\n\r\n');
	const headers = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
	const subject = /^subject: (.*)$/im.exec(headers)?.[1] ?? '';
	const body = raw.slice(end + 4);
	const quoted = /^content-transfer-encoding: quoted-printable/im.test(headers);
	return { subject, raw, text: (quoted ? body.replace(/=\r\n/g, '') : body).replace(/\r\n/g, '\n') };
}
