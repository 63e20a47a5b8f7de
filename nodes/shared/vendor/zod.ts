/** Schema checks, zod 3 API. Bundled into this file by the build, so that no change of n8n's own copy can reach us. */
export { z } from 'zod';
