import { connect, type Socket } from 'node:net';

/** Asks Redis how many jobs of n8n's queue wait and are under way. */
export class QueueDepth {
	private readonly socket: Socket;
	private text = '';
	private waiting: Array<(values: number[]) => void> = [];

	constructor(port: number) {
		this.socket = connect(port, '127.0.0.1');
		this.socket.unref();
		this.socket.on('error', () => undefined);
		this.socket.on('data', (piece) => {
			this.text += piece.toString();
			for (;;) {
				const match = /^:(\d+)\r\n:(\d+)\r\n/.exec(this.text);
				if (!match) return;
				this.text = this.text.slice(match[0].length);
				this.waiting.shift()?.([Number(match[1]), Number(match[2])]);
			}
		});
	}

	async read(): Promise<{ waiting: number; active: number }> {
		const [waiting, active] = await new Promise<number[]>((resolve) => {
			this.waiting.push(resolve);
			this.socket.write('LLEN bull:jobs:wait\r\nLLEN bull:jobs:active\r\n');
		});
		return { waiting, active };
	}

	close(): void {
		this.socket.destroy();
	}
}
