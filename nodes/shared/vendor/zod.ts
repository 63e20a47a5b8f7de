/**
 * Schema checks. n8n provides zod 3 to every node, so this one is not bundled (80 KB); only calls that zod 3 and 4 share
 * are used here.
 */
export { z } from 'zod';
