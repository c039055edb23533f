import { Agent, createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Form, readForm } from "../../src/http/multipart.ts";
import { Problem } from "../../src/kernel/errors.ts";

const fileBytesMax = 1024;
const boundary = "----boundary";
const type = `multipart/form-data; boundary=${boundary}`;

/** One part as it goes over the wire. */
const part = (name: string, content: string, { headers = "", filename }: { headers?: string; filename?: string } = {}) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}\r\n${headers}\r\n${content}\r\n`;
const end = `--${boundary}--\r\n`;
const metadata = part("metadata", '{"format":"openapi"}', { headers: "Content-Type: application/json\r\n" });
const file = part("file", "openapi: 3.1.0", { filename: "api.yaml", headers: "Content-Type: application/yaml\r\n" });

describe("a form", () => {
  const server = createServer(async (request, response) => {
    outcomes.push(await readForm(request, { fileBytesMax }).catch((error: unknown) => error as Problem));
    heard.push(request);
    response.end();
  });
  const outcomes: (Form | Problem)[] = [];
  const heard: IncomingMessage[] = [];
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => void server.close());

  /** Sends a body in these pieces; gives what the reading came to. */
  async function read(pieces: readonly (string | Buffer)[], headers: Record<string, string> = {}): Promise<Form | Problem | undefined> {
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", agent, headers: { "content-type": type, ...headers } });
    sent.on("error", () => {});
    const answered = new Promise((resolve) => sent.once("response", (response) => response.resume().once("end", resolve)));
    for (const piece of pieces) await new Promise((resolve) => sent.write(piece, resolve));
    if (headers["content-length"] === undefined) await new Promise((resolve) => void sent.end(() => resolve(undefined)));
    await answered;
    agent.destroy();
    return outcomes.at(-1);
  }

  test.each([
    ["at once", (text: string) => [text]],
    ["byte by byte", (text: string) => [...Buffer.from(text)].map((byte) => Buffer.from([byte]))],
    ["with its parts in another order", () => [metadata + file + end]],
    ["with a preamble and an epilogue", (text: string) => [`before\r\n${text}after`]],
    ["with the file as a plain text", () => [part("file", "openapi: 3.1.0") + metadata + end]],
    [
      "with the metadata as a file without a type",
      () => [file + part("metadata", '{"format":"openapi"}', { filename: "metadata.json" }) + end],
    ],
  ])("is read %s", async (_how, pieces) => {
    const form = (await read(pieces(file + metadata + end))) as Form;
    expect(form.metadata).toEqual({ format: "openapi" });
    expect(Buffer.from(form.file ?? []).toString()).toBe("openapi: 3.1.0");
  });

  test("of the same parts has the same digest, of others another", async () => {
    const digests: string[] = [];
    for (const body of [
      file + metadata,
      metadata + file,
      file.replace("3.1.0", "3.1.1") + metadata,
      file + metadata.replace("openapi", "x"),
      metadata,
    ])
      digests.push(((await read([body + end])) as Form).digest);
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(4);
  });

  test("may have a file of just the size that is allowed, of any bytes", async () => {
    const bytes = Buffer.alloc(fileBytesMax, Buffer.from([0, 255, 13, 10, 45, 45]));
    const form = (await read([part("file", "\u0000").split("\u0000")[0] ?? "", bytes, `\r\n${metadata}${end}`])) as Form;
    expect(Buffer.from(form.file ?? [])).toEqual(bytes);
  });

  test.each([
    ["a file that is one byte too large", [part("file", "x".repeat(fileBytesMax + 1)) + metadata + end], "too_large", undefined],
    ["a form of which only the size around its parts is too large", ["x".repeat(200_000) + file + metadata + end], "too_large", undefined],
    ["metadata beyond 64 KiB", [file + part("metadata", " ".repeat(65_537)) + end], "invalid_request", "metadata"],
    ["two files", [file + file + metadata + end], "invalid_request", "file"],
    ["metadata twice", [file + metadata + metadata + end], "invalid_request", "metadata"],
    ["a part that is not known", [file + metadata + part("other", "x") + end], "invalid_request", "other"],
    ["a part without a name", [`--${boundary}\r\nContent-Disposition: form-data\r\n\r\nx\r\n${end}`], "invalid_request", ""],
    ["metadata that is no JSON", [file + part("metadata", "{") + end], "malformed_body", undefined],
    ["metadata that reaches a prototype", [part("metadata", '{"a":{"__proto__":1}}') + end], "invalid_request", "metadata.a.__proto__"],
    [
      "metadata that is not UTF-8",
      [part("metadata", '"|"').split("|")[0] ?? "", Buffer.from([0xff]), `"\r\n${end}`],
      "malformed_body",
      undefined,
    ],
    ["a form without its last boundary", [file + metadata], "malformed_body", undefined],
    ["a form that ends within a part", [file.slice(0, -20)], "malformed_body", undefined],
    ["a form that ends within the headers of a part", [file.slice(0, 60)], "malformed_body", undefined],
    ["no form at all", ['{"format":"openapi"}'], "malformed_body", undefined],
    ["nothing", [""], "malformed_body", undefined],
  ] as const)("with %s is refused", async (_what, pieces, code, field) => {
    const problem = (await read(pieces)) as Problem;
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.code).toBe(code);
    expect(problem.fields?.map((fault) => fault.field)).toEqual(field === undefined ? undefined : [field]);
  });

  test.each([
    ["without a boundary", { "content-type": "multipart/form-data" }],
    ["with an empty boundary", { "content-type": "multipart/form-data; boundary=" }],
    ["with an empty boundary in quotes", { "content-type": 'multipart/form-data; boundary=""' }],
  ])("%s is refused", async (_what, headers) => {
    expect(((await read([file + metadata + end], headers)) as Problem).code).toBe("malformed_body");
  });

  test("that announces more than is allowed is refused before any of it is read", async () => {
    const problem = (await read(["x".repeat(10)], { "content-length": String(10_000_000) })) as Problem;
    expect(problem.code).toBe("too_large");
  });

  test("with a thousand headers or parts keeps nobody busy, and takes nothing from them", async () => {
    const headers = Array.from({ length: 1000 }, (_, index) => `X-${index}: y\r\n`).join("");
    const many = (await read([part("file", "x", { headers }) + metadata + end])) as Form;
    expect(Buffer.from(many.file ?? []).toString()).toBe("x");
    const hidden = `--${boundary}\r\n${headers}Content-Disposition: form-data; name="file"\r\n\r\nx\r\n`;
    expect(((await read([hidden + metadata + end])) as Form).file).toBeUndefined();
    const nameless = `--${boundary}\r\n\r\nx\r\n`.repeat(1000);
    expect(((await read([nameless + metadata + end])) as Problem).code).toBe("malformed_body");
  });

  test("whose sender goes away is given up", async () => {
    const { port } = server.address() as AddressInfo;
    const before = outcomes.length;
    const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", headers: { "content-type": type, "content-length": "500" } });
    sent.on("error", () => {});
    await new Promise((resolve) => sent.write(file, resolve));
    sent.destroy();
    await expect.poll(() => outcomes.length).toBe(before + 1);
    expect((outcomes.at(-1) as Problem).code).toBe("malformed_body");
  });

  test("that is refused while it comes is let by, so that its sender hears why", async () => {
    const problem = (await read([file + file, ...Array.from({ length: 20 }, () => Buffer.alloc(64 * 1024)), metadata + end])) as Problem;
    expect(problem.code).toBe("invalid_request");
    await expect.poll(() => heard.at(-1)?.complete).toBe(true);
  });
});
