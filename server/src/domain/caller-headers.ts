/** Whether the gateway keeps the header of this `headerKey` to itself, whoever gives it (S-6). */
export const isNeverForwarded = (key: string): boolean => droppedNames.has(key) || droppedPrefixes.some((prefix) => key.startsWith(prefix));

const droppedPrefixes = ["mooring-", "proxy-", "x-forwarded-"];

const droppedNames = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "http2-settings",
  "expect",
  "forwarded",
  "x-real-ip",
  // CGI makes HTTP_PROXY of it, which many HTTP clients obey.
  "proxy",
  "authorization",
  "cookie",
  "cookie2",
]);
