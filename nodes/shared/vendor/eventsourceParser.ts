/** Parser of Server-Sent Events by the WHATWG rules: the one inside `eventsource`. Bundled into this file by the build. */
export { createParser } from 'eventsource-parser';
