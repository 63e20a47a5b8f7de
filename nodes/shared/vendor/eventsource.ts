/** Server-Sent Events by the WHATWG rules. Bundled into this file by the build. */
export { EventSource } from 'eventsource';
