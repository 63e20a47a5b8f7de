import { join } from 'node:path';

export interface EnvironmentOptions {
	/** n8n keeps its database, settings and community packages in `<userFolder>/.n8n`. */
	userFolder: string;
	port: number;
	/** The task runners' broker needs a port of its own per instance. */
	brokerPort: number;
	extra?: NodeJS.ProcessEnv;
}

/** A quiet n8n that listens on loopback only and calls no other host by itself. */
export function n8nEnvironment({ userFolder, port, brokerPort, extra }: EnvironmentOptions): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
		...(process.env.PICO_DEMO_NATIVE_SQLITE ? { PICO_DEMO_NATIVE_SQLITE: process.env.PICO_DEMO_NATIVE_SQLITE } : {}),
		// n8n unpacks 50 MB of editor code below its home; linters leave folders of this name alone.
		HOME: join(userFolder, 'node_modules', 'home'),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		// Guards nothing but made-up demo credentials; fixed, so that a kept folder can be opened again.
		N8N_ENCRYPTION_KEY: 'pico-demo',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		GENERIC_TIMEZONE: 'UTC',
		// How long a stop waits for runs under way; without any it takes half a second.
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '20',
		// A publication cut short by a kill is taken up again after this long (default 120 s); one that takes longer than 70 % of
		// it is given up for good. n8n tries a trigger that fails five times, with 15 s of waiting in between: here only a trigger
		// that fails at once shows its own message.
		N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DISABLED_MODULES:
			'mcp-registry,instance-ai,mcp,chat-hub,insights,quick-connect,agents,workflow-builder,source-control,' +
			'instance-version-history',
		...extra,
	};
}
