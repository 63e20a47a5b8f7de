/** What is mutated, as globs from the root. `delivery/description` holds texts and defaults of n8n's parameter form only. */
export const FULL_RUN = ['nodes/shared/events/**/*.ts', 'nodes/shared/delivery/**/*.ts', '!nodes/shared/delivery/description/**'];
