import { plantTemplate } from '../../../demo/lib/plant-template.mts';
import { until } from '../../../demo/lib/poll.mts';
import type { Credential, Workflow } from '../../../demo/lib/workflows.mts';
import { Mailbox } from '../../kit/mailbox.mts';
import { RecordServer } from '../../kit/record-server.mts';
import { startSandboxProcess, type SandboxProcess } from '../../kit/sandbox.mts';
import { deliverEverythingAgain } from '../kit/again.mts';
import { FAILED_EVENTS, markForRetry, tableRows } from '../kit/data-tables.mts';
import { InstalledN8n } from '../kit/installed.mts';
import { openStreams } from '../kit/plant.mts';
import { settledRuns } from '../kit/runs.mts';
import { picoCredential } from '../kit/workflows.mts';

const NOTES = 'testNotes0000001';
const REPOSTING = 'testReposting001';
const TICKET_TOKEN = 'made-up-ticket-token';

interface Note {
	id: string;
}

describe('pico-notes-to-tickets in a real n8n', () => {
	let sandbox: SandboxProcess;
	let tickets: RecordServer;
	let mailbox: Mailbox;
	let installed: InstalledN8n;
	let template: Workflow & { id: string };
	let scratch: Note;

	beforeAll(async () => {
		sandbox = await startSandboxProcess();
		tickets = await RecordServer.start();
		mailbox = await Mailbox.start();
		const credentials: Credential[] = [
			picoCredential(sandbox.endpoint, sandbox.token),
			{ id: 'testTickets00001', name: 'Tickets', type: 'httpHeaderAuth', data: { name: 'x-ticket-token', value: TICKET_TOKEN } },
			{
				id: 'testSmtp00000001',
				name: 'Mail',
				type: 'smtp',
				data: { user: '', password: '', host: '127.0.0.1', port: mailbox.port, secure: false, disableStartTls: true },
			},
		];
		template = plantTemplate(process.cwd(), 'pico-notes-to-tickets', {
			id: NOTES,
			credentials,
			settings: { ticketUrl: tickets.url, ticketTypes: 'Issue, Quality', emailTypes: 'quality', emailTo: 'crew@example.com' },
		});
		const reposting = plantTemplate(process.cwd(), 'repost-failed-events', { id: REPOSTING, credentials });
		installed = await InstalledN8n.create({ credentials, workflows: [template, reposting], published: [NOTES] });
		await installed.n8n.start();
		await until('the trigger to listen', async () => (await openStreams(sandbox)) > 0, { timeoutMs: 60_000 });
	});

	afterAll(async () => {
		await installed?.remove();
		await mailbox?.close();
		await tickets?.close();
		await sandbox?.close();
	});

	const write = async (text: string, type: string) => await sandbox.control<Note>('POST', 'notes/add', { text, type });

	const ended = async (count: number) => {
		const runs = await settledRuns(await installed.session(), NOTES, count);
		return runs[runs.length - 1];
	};

	it('opens a ticket and sends an e-mail for a note of a type that is wanted for both', async () => {
		scratch = await sandbox.control<Note>('POST', 'notes/add', {
			text: 'Seal had a scratch, replaced',
			type: 'Quality',
			operator: 'Sam',
			station: 'Station 3',
			metadata: { orderId: 'MO-00042' },
		});
		expect((await ended(1)).status).toBe('success');
		expect(tickets.records.get(scratch.id)?.body).toMatchObject({
			externalId: scratch.id,
			subject: 'Quality at Station 3: Seal had a scratch, replaced',
			text: 'Seal had a scratch, replaced',
			operator: 'Sam',
			station: 'Station 3',
			order: 'MO-00042',
		});
		expect(mailbox.mails).toMatchObject([
			{ from: 'n8n@example.com', to: ['crew@example.com'], subject: 'Quality at Station 3: Seal had a scratch, replaced' },
		]);
		expect(mailbox.mails[0].text).toContain('Operator: Sam\nStation: Station 3\nOrder: MO-00042\n');
	});

	it('shows who it is, and by which event it calls', () => {
		for (const { headers } of tickets.calls) {
			expect(headers).toMatchObject({ 'x-ticket-token': TICKET_TOKEN });
			expect(headers['idempotency-key']).toMatch(/^[\w-]{24}$/);
		}
	});

	it('updates the ticket of a note that is changed, and opens no second one', async () => {
		await sandbox.control('POST', 'notes/update', { id: scratch.id, text: 'Seal and ring had a scratch' });
		expect((await ended(2)).status).toBe('success');
		expect([...tickets.records.keys()]).toEqual([scratch.id]);
		expect(tickets.records.get(scratch.id)).toMatchObject({ writes: 2, body: { text: 'Seal and ring had a scratch' } });
		expect(mailbox.mails[1].subject).toBe('Changed: Quality at Station 3: Seal and ring had a scratch');
	});

	it('leaves out what is not wanted', async () => {
		const issue = await write('Torque tool is slow', 'Issue');
		expect(await ended(3)).toMatchObject({ data: { resultData: { lastNodeExecuted: 'Done without e-mail' } } });
		await write('Well done', 'Praise');
		expect(await ended(4)).toMatchObject({ status: 'success', data: { resultData: { lastNodeExecuted: 'Done without e-mail' } } });
		expect([...tickets.records.keys()]).toEqual([scratch.id, issue.id]);
		expect(mailbox.mails).toHaveLength(2);
	});

	it('opens the ticket when the first report of a note was missed', async () => {
		tickets.records.delete(scratch.id);
		await sandbox.control('POST', 'notes/update', { id: scratch.id, text: 'Scratch is gone' });
		await ended(5);
		expect(tickets.records.get(scratch.id)).toMatchObject({ writes: 1, body: { text: 'Scratch is gone' } });
	});

	it('repeats what failed on the way, with one ticket and one e-mail in the end', async () => {
		let down = true;
		tickets.fault = (method) => {
			if (method !== 'POST' || !down) return undefined;
			down = false;
			return { status: 500, message: 'down' };
		};
		const before = mailbox.mails.length;
		mailbox.refuseNext = 1;
		const note = await write('Bolt was loose', 'Quality');
		await until('the e-mail to arrive', () => mailbox.mails.length > before, { timeoutMs: 60_000 });
		await ended(8);
		expect(tickets.records.get(note.id)).toMatchObject({ writes: 1 });
		expect(mailbox.mails).toHaveLength(before + 1);
	});

	it('parks a note that stays refused, and posts it again when a person says so', async () => {
		tickets.fault = () => ({ status: 403, message: 'no licence' });
		const note = await write('Motor is loud', 'Issue');
		const session = await installed.session();
		const [parked] = await until('the note to be parked', async () => {
			const rows = await tableRows(session, FAILED_EVENTS);
			return rows.length > 0 && rows;
		}, { timeoutMs: 90_000 });
		expect(parked).toMatchObject({ status: 'parked', orderId: `Note ${note.id}`, workflowId: NOTES });
		expect(parked.reason).toContain('The ticket system answered 403');
		tickets.fault = () => undefined;
		await markForRetry(session, [parked.eventId]);
		await session.runManually(REPOSTING, 'Run now');
		await settledRuns(session, REPOSTING, 1);
		expect((await tableRows(session, FAILED_EVENTS)).map(({ status }) => status)).toEqual(['posted']);
		expect(tickets.records.get(note.id)).toMatchObject({ writes: 1, body: { text: 'Motor is loud' } });
	});

	it('changes no ticket when everything is delivered again', async () => {
		const texts = () => [...tickets.records.values()].map(({ body }) => body);
		const runs = (await (await installed.session()).runs(NOTES)).length;
		const before = texts();
		await installed.n8n.stop();
		await deliverEverythingAgain(installed, template, 'again');
		await settledRuns(await installed.session(), NOTES, runs + before.length);
		expect(texts()).toEqual(before);
	});
});
