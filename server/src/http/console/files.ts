import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** A file of the console, ready to be sent. */
export interface ConsoleFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

export interface ConsoleFiles {
  /** The page, under a nonce of its own: every page is the same document, and its script looks at the address. Undefined when the console was not built. */
  page(): Promise<ConsoleFile | undefined>;
  /** The file of that name, as small as `acceptEncoding` allows. Undefined when the console has no such file. */
  file(name: string, acceptEncoding: string): Promise<ConsoleFile | undefined>;
}

/** The console as `npm run build` made it in `folder`. Which files there are is looked up once; no name from outside becomes a path. */
export function openConsole(folder: string): ConsoleFiles {
  const names = new Set(existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : []);
  let document: string | undefined;
  return {
    async page() {
      if (!names.has("index.html")) return undefined;
      document ??= await readFile(join(folder, "index.html"), "utf8");
      const nonce = randomBytes(16).toString("base64url");
      return {
        headers: { ...headersOf("index.html"), "content-security-policy": policy(nonce), "cross-origin-opener-policy": "same-origin" },
        body: document.replaceAll("__NONCE__", nonce),
      };
    },
    async file(name, acceptEncoding) {
      const headers = headersOf(name);
      if (!names.has(name) || name === "index.html" || !("content-type" in headers)) return undefined;
      const coding = codings.find(({ token, ending }) => acceptEncoding.includes(token) && names.has(name + ending));
      const body = await readFile(join(folder, name + (coding?.ending ?? "")));
      return { headers: { ...headers, vary: "accept-encoding", ...(coding && { "content-encoding": coding.token }) }, body };
    },
  };
}

const codings = [
  { token: "br", ending: ".br" },
  { token: "gzip", ending: ".gz" },
] as const;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

// What is in assets/ has a hash of its content in its name, so it never changes; all else is asked for again each time.
function headersOf(name: string): Record<string, string> {
  const type = types[extname(name)];
  const caching = name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  return { ...(type && { "content-type": type }), "cache-control": caching, "content-security-policy": "default-src 'none'" };
}

// Nothing but the server's own files runs or is shown, styles that scripts make carry the page's nonce, the page may be framed by nobody,
// and a form is never sent by the browser itself: were the script missing, it would put the password into the address.
const policy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
