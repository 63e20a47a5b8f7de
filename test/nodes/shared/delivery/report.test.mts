import { PicoFailure } from '../../../../nodes/shared/api/failure.ts';
import { activationError, Report } from '../../../../nodes/shared/delivery/report.ts';
import { FakeN8n } from '../../../kit/fakeN8n.mts';

function reporting(saveFailedExecution = true) {
	const n8n = new FakeN8n();
	return { n8n, report: new Report(n8n.context, { deduplicationKey: true, saveFailedExecution }) };
}

test('each log line says which trigger of which workflow speaks', () => {
	const { n8n, report } = reporting();
	report.info('connected');
	report.warn('lost');
	expect(n8n.logs).toEqual([
		"info [Pico MES Trigger 'Trigger', workflow workflow1] connected",
		"warn [Pico MES Trigger 'Trigger', workflow workflow1] lost",
	]);
});

test('what needs a person becomes a failed execution that holds the event, and a warning', () => {
	const { n8n, report } = reporting();
	report.failedExecution('Moved on', 'Run it again by hand.', [{ a: 1 }]);
	expect(n8n.told).toEqual(['warn Moved on. Run it again by hand.']);
	expect(n8n.failures).toEqual([{ message: 'Moved on', description: 'Run it again by hand.\n\n[\n  {\n    "a": 1\n  }\n]' }]);
});

test('a failed execution without an event holds only what to do', () => {
	const { n8n, report } = reporting();
	report.failedExecution('Token refused', 'Check the credential.');
	expect(n8n.failures).toEqual([{ message: 'Token refused', description: 'Check the credential.' }]);
	report.failedExecution('Strange', 'What came:', null);
	expect(n8n.failures[1].description).toBe('What came:\n\nnull');
});

test('an older n8n is only told in the log', () => {
	const { n8n, report } = reporting(false);
	report.failedExecution('Moved on', 'Run it again by hand.', [{ a: 1 }]);
	expect(n8n.told).toEqual(['warn Moved on. Run it again by hand.']);
	expect(n8n.failures).toEqual([]);
});

test('an activation that fails shows message, hint and status', () => {
	const { context } = new FakeN8n();
	const error = activationError(context, new PicoFailure('auth', 'Pico refused the token', { hint: 'Check it.', status: 401 }));
	expect(error).toMatchObject({ message: 'Pico refused the token', description: 'Check it.', httpCode: '401' });
	expect(activationError(context, new PicoFailure('network', 'No connection', { hint: 'Look.' }))).toMatchObject({
		message: 'No connection',
		description: 'Look.',
		httpCode: null,
	});
});
