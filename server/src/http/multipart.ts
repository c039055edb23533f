import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Busboy, type BusboyFileStream, type BusboyHeaders } from "@fastify/busboy";
import { besideFileBytesMax } from "../control/import-room.ts";
import { Problem } from "../kernel/errors.ts";
import { createCollector } from "../traffic/collector.ts";
import { parseBody } from "./body.ts";

/** A form (RFC 7578) with at most one file and one text of JSON, as it was read. */
export interface Form {
  readonly file?: Uint8Array;
  readonly metadata?: unknown;
  /** The same for the same parts, another for others: what a repeated request is known by. */
  readonly digest: string;
}

/**
 * Reads the parts `file` and `metadata` of a form as they come. Throws `Problem` too_large as soon as the file is known to be larger than
 * `fileBytesMax`, invalid_request for a part that is missing its name, unknown or there twice, and malformed_body for what is no form or
 * ends before it is complete. What was not read then is left to whoever owns the connection.
 */
export async function readForm(request: IncomingMessage, { fileBytesMax }: { fileBytesMax: number }): Promise<Form> {
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  const bytesMax = fileBytesMax + besideFileBytesMax;
  if (length > bytesMax) throw tooLarge(fileBytesMax);
  const parts = openParts({ file: fileBytesMax, metadata: metadataBytesMax }, Number.isNaN(length) ? undefined : length);
  await parseInto(parts, request, bytesMax);
  const { file, metadata } = parts.read();
  return {
    digest: parts.digest(),
    ...(file ? { file } : {}),
    ...(metadata ? { metadata: parseBody(Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength), "metadata") } : {}),
  };
}

const metadataBytesMax = 64 * 1024;

/** What is told of a file that is too large. */
export function tooLarge(fileBytesMax: number): Problem {
  const size = fileBytesMax >= 1024 * 1024 ? `${Math.floor(fileBytesMax / 1024 / 1024)} MiB` : `${fileBytesMax} bytes`;
  return new Problem("too_large", { message: `The file is larger than ${size}.` });
}

/** Resolves when all parts are complete. However it ends, the request flows on, so that an answer is not held up by what still comes. */
function parseInto(parts: Parts, request: IncomingMessage, bytesMax: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = createParser(request);
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) fail(tooLarge(bytesMax - besideFileBytesMax));
    };
    parser.on("file", (name: string | undefined, stream, _filename, _encoding, type) => parts.take(name, stream, { type, fail }));
    parser.on("partsLimit", () => fail(malformed("The form has too many parts.")));
    parser.once("error", () => fail(malformed("The form is cut off, or is not one.")));
    parser.once("finish", () => end(resolve));
    request.on("data", count).once("close", cutOff).once("error", cutOff);
    request.pipe(parser);

    // A request closes when all of it has come, too; the parser may be at the rest of it then.
    function cutOff(): void {
      if (!request.readableEnded) fail(malformed("The form is cut off."));
    }
    function fail(problem: Problem): void {
      end(() => reject(problem));
    }
    function end(settle: () => void): void {
      request.off("data", count).off("close", cutOff);
      request.unpipe(parser);
      // What still comes of it is dropped. The parser may complain about its loss later.
      request.resume();
      parser.on("error", () => {});
      settle();
    }
  });
}

function createParser({ headers }: IncomingMessage) {
  // RFC 2046 section 5.1.1.
  if (!/;\s*boundary=(?:"[^"]{1,70}"|[^\s";]{1,70})/i.test(headers["content-type"] ?? ""))
    throw malformed("The Content-Type of the form lacks its boundary.");
  return new Busboy({
    headers: headers as BusboyHeaders,
    // Every part is taken as bytes: what a text is decoded to is for this file to say.
    isPartAFile: () => true,
    limits: { parts: partsMax, headerPairs: headersMax, headerSize: headerBytesMax },
  });
}

// Two are known. One more is refused by its name, and of a thousand not every name need be told.
const partsMax = 8;
const headersMax = 20;
const headerBytesMax = 4 * 1024;

interface Parts {
  take(name: string | undefined, stream: BusboyFileStream, how: { type: string; fail: (problem: Problem) => void }): void;
  read(): Partial<Record<PartName, Uint8Array>>;
  digest(): string;
}

type PartName = "file" | "metadata";

function openParts(bytesMax: Readonly<Record<PartName, number>>, length: number | undefined): Parts {
  const collected = new Map<PartName, ReturnType<typeof createCollector>>();
  const digests = new Map<PartName, ReturnType<typeof createHash>>();
  return {
    take(name, stream, { fail }) {
      stream.on("error", () => {});
      if (name !== "file" && name !== "metadata") return refuse(stream, fail, name ?? "", "This part is not known here.");
      if (collected.has(name)) return refuse(stream, fail, name, "This part is there twice.");
      const collector = createCollector({ bytesMax: bytesMax[name], expected: name === "file" ? length : undefined });
      const digest = createHash("sha256");
      collected.set(name, collector);
      digests.set(name, digest);
      stream.on("data", (chunk: Buffer) => {
        digest.update(chunk);
        if (collector.add(chunk)) return;
        if (name === "file") fail(tooLarge(bytesMax.file));
        else refuse(stream, fail, name, `This is larger than ${bytesMax.metadata / 1024} KiB.`);
      });
    },
    read: () => Object.fromEntries([...collected].map(([name, collector]) => [name, collector.bytes()])),
    digest: () => ["file", "metadata"].map((name) => digests.get(name as PartName)?.digest("base64url") ?? "").join(" "),
  };
}

function refuse(stream: BusboyFileStream, fail: (problem: Problem) => void, field: string, message: string): void {
  stream.resume();
  fail(new Problem("invalid_request", { fields: [{ field: field.slice(0, 100), message }] }));
}

const malformed = (message: string) => new Problem("malformed_body", { message });
