/** n8n-core logs to the console what tests provoke on purpose. Import before n8n-core. */
process.env.N8N_LOG_LEVEL ??= 'silent';
