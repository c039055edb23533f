import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One file of the console, ready to be sent. */
export interface ConsoleFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The console's files by path, read once. Every page is the same document: its script looks at the address. */
export function consoleRoutes(): ReadonlyMap<string, ConsoleFile> {
  const read = (name: string, type: string): ConsoleFile => ({
    headers: {
      "content-type": type,
      "content-security-policy": policy,
      "cache-control": "no-cache",
      "cross-origin-opener-policy": "same-origin",
    },
    body: readFileSync(join(import.meta.dirname, name)),
  });
  const page = read("index.html", "text/html; charset=utf-8");
  return new Map([
    ["/console", page],
    ["/console/", page],
    ["/console/sign-in", page],
    ["/console/invitation", page],
    ["/console/console.js", read("console.js", "text/javascript; charset=utf-8")],
    ["/console/console.css", read("console.css", "text/css; charset=utf-8")],
    ["/console/icon.svg", read("icon.svg", "image/svg+xml")],
  ]);
}

// Nothing but the server's own files runs or is shown, the page may be framed by nobody, and a form is never sent by the browser
// itself: were the script missing, it would put the password into the address.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");
