import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { reservePort } from '../../demo/lib/ports.mts';

describe('a reserved port', () => {
	it('is given to nobody else until it is released', async () => {
		const first = await reservePort(0);
		const second = await reservePort(first.port);
		expect(second).toMatchObject({ moved: true });
		expect(second.port).toBeGreaterThan(first.port);
		await Promise.all([first.release(), second.release()]);
		const third = await reservePort(first.port);
		expect(third).toMatchObject({ port: first.port, moved: false });
		await third.release();
	});

	it('steps over a port that another program has', async () => {
		const other = createServer().listen(0, '127.0.0.1');
		await once(other, 'listening');
		const { port } = other.address() as { port: number };
		const reserved = await reservePort(port);
		expect(reserved.moved).toBe(true);
		await reserved.release();
		other.close();
	});

	it('can be released while somebody holds a connection to it, such as a browser tab that waits', async () => {
		const reserved = await reservePort(0);
		const tab = connect(reserved.port, '127.0.0.1');
		tab.on('error', () => undefined);
		await once(tab, 'connect');
		tab.write('GET / HTTP/1.1\r\n\r\n');
		await reserved.release();
		tab.destroy();
	});
});
