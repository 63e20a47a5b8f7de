/** GraphQL over HTTP. Bundled into this file by the build: a verified node may have no runtime dependency. */
export { GraphQLClient } from 'graphql-request';
