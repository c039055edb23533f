import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
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

/** The console as `npm run build` made it in `folder`, and makes it anew. Which files there are is looked up; no name from outside becomes a path. */
export function openConsole(folder: string): ConsoleFiles {
  let known: Build | undefined;
  return {
    async page() {
      const build = await current();
      if (!build) return undefined;
      const nonce = randomBytes(16).toString("base64url");
      return {
        headers: { ...headersOf("index.html"), "content-security-policy": policy(nonce), "cross-origin-opener-policy": "same-origin" },
        body: build.document.replaceAll("__NONCE__", nonce),
      };
    },
    async file(name, acceptEncoding) {
      const names = (known ?? (await current()))?.names;
      const headers = headersOf(name);
      if (!names?.has(name) || name === "index.html" || !("content-type" in headers)) return undefined;
      const coding = codings.find(({ token, ending }) => names.has(name + ending) && isAccepted(acceptEncoding, token));
      const body = await orNothing(readFile(join(folder, name + (coding?.ending ?? ""))));
      return body && { headers: { ...headers, vary: "accept-encoding", ...(coding && { "content-encoding": coding.token }) }, body };
    },
  };

  /** Looks again when the page was made anew: a page of an older build would ask for scripts that are gone. */
  async function current(): Promise<Build | undefined> {
    const madeAt = await timesOf(["index.html", "built-from.txt"]);
    if (known?.madeAt === madeAt) return known;
    const [names, document] = await Promise.all([
      orNothing(readdir(folder, { recursive: true, encoding: "utf8" })),
      orNothing(readFile(join(folder, "index.html"), "utf8")),
    ]);
    known = names && document !== undefined ? { madeAt, document, names: new Set(names) } : undefined;
    return known;
  }

  /** The second is written when all is there, compressed too. */
  async function timesOf(names: readonly string[]): Promise<string> {
    const found = await Promise.all(names.map((name) => orNothing(stat(join(folder, name)))));
    return found.map((one) => one?.mtimeMs ?? 0).join(" ");
  }
}

interface Build {
  readonly madeAt: string;
  readonly document: string;
  readonly names: ReadonlySet<string>;
}

/** Undefined when the file is not there: a build takes it away while it is looked at. */
async function orNothing<Result>(reading: Promise<Result>): Promise<Result | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether an answer may be coded so (RFC 9110 section 12.5.3). */
function isAccepted(acceptEncoding: string, coding: string): boolean {
  const choices = acceptEncoding.toLowerCase().split(",");
  const found = choices.map((choice) => choice.split(";").map((part) => part.trim())).find(([token]) => token === coding);
  return found !== undefined && !found.slice(1).some((parameter) => /^q=0(\.0*)?$/.test(parameter));
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
