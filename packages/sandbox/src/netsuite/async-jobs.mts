import type { IncomingHttpHeaders } from 'node:http';
import { NetSuiteError, noSuchRecord } from './errors.mts';
import type { RestAnswer } from './records.mts';

export const jobRoot = '/services/rest/async/v1/job';

interface Job {
	readonly id: string;
	readonly at: string;
	/** What the call would have answered at once. */
	readonly result: RestAnswer;
}

/**
 * Calls with `Prefer: respond-async` become a job, whose result is fetched later
 * (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_161278579295.html). The double does the work at
 * once. An idempotency key counts for these calls only; the second call with a key is refused and names the first job
 * (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_164494900632.html).
 */
export class AsyncJobs {
	private readonly jobs = new Map<string, Job>();
	private readonly keys = new Map<string, string>();

	/** @param work does the call; what it throws becomes the result of the job */
	submit(origin: string, headers: IncomingHttpHeaders, work: () => RestAnswer): RestAnswer {
		const applied = { 'preference-applied': 'respond-async' };
		const key = headers['x-netsuite-idempotency-key'];
		const known = typeof key === 'string' ? this.keys.get(key) : undefined;
		if (known !== undefined) {
			const { status, ...body } = new NetSuiteError(
				400,
				'IDEMPOTENCY_ERROR',
				'A request with the same idempotency key is already submitted. See the "Location" header for a link to the previously submitted job',
			).body();
			return { status: 400, body: { ...body, title: 'Conflict', status }, location: `${origin}${jobRoot}/${known}`, headers: applied };
		}
		const id = String(this.jobs.size + 1);
		this.jobs.set(id, { id, at: new Date().toISOString(), result: resultOf(work) });
		if (typeof key === 'string') this.keys.set(key, id);
		return { status: 202, location: `${origin}${jobRoot}/${id}`, headers: applied };
	}

	/** `<id>`, `<id>/task`, `<id>/task/1` and `<id>/task/1/result`. @throws NetSuiteError (404) */
	read(origin: string, path: string): RestAnswer {
		const [id = '', task, number, result] = path.split('/').filter((segment) => segment !== '');
		const job = this.jobs.get(id);
		if (!job) throw noSuchRecord();
		const href = `${origin}${jobRoot}/${id}`;
		const link = (rel: string, end: string) => ({ rel, href: href + end });
		if (task === undefined) {
			const links = [link('self', '')];
			return { status: 200, body: { links, id, completed: true, progress: progress(job), task: { links: [link('self', '/task')] } } };
		}
		if (task !== 'task') throw noSuchRecord();
		if (number === undefined) {
			const items = [{ id: '1', links: [link('self', '/task/1')] }];
			return { status: 200, body: { links: [link('self', '/task')], count: 1, hasMore: false, items, offset: 0, totalResults: 1 } };
		}
		if (number !== '1') throw noSuchRecord();
		if (result === 'result') return job.result;
		return {
			status: 200,
			body: {
				links: [link('related', '/task/1/result'), link('self', '/task/1')],
				id: '1',
				completed: true,
				progress: progress(job),
				startTime: job.at,
				endTime: job.at,
			},
		};
	}
}

const progress = ({ result }: Job): string => (result.status < 400 ? 'succeeded' : 'failed');

function resultOf(work: () => RestAnswer): RestAnswer {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof NetSuiteError)) throw error;
		return { status: error.status, body: error.body() };
	}
}
