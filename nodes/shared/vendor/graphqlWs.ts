/** The `graphql-transport-ws` protocol. Bundled into this file by the build. */
export { createClient, type Client } from 'graphql-ws';
