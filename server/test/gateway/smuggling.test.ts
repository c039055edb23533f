import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { actor, apiKey, canary, proxyPath, type Rig, rig } from "./rig.ts";
import { type Case, corpus } from "./smuggling-corpus.ts";

const line = `POST ${proxyPath}/a HTTP/1.1\r\nHost: m\r\n`;
const hidden = `GET ${proxyPath}/hidden HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n`;

/** In each of these, a server that reads it otherwise would take the end for a request of its own. */
const refused: Record<string, string> = {
  "Content-Length and Transfer-Encoding": `${line}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  "Transfer-Encoding and Content-Length": `${line}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
  "two lengths": `${line}Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello${hidden}`,
  "the same length twice": `${line}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello${hidden}`,
  "a list of lengths": `${line}Content-Length: 5, 5\r\n\r\nhello${hidden}`,
  "a negative length": `${line}Content-Length: -5\r\n\r\nhello${hidden}`,
  "a signed length": `${line}Content-Length: +5\r\n\r\nhello${hidden}`,
  "a hexadecimal length": `${line}Content-Length: 0x5\r\n\r\nhello${hidden}`,
  "an empty length": `${line}Content-Length: \r\n\r\n${hidden}`,
  "a length beyond counting": `${line}Content-Length: 99999999999999999999\r\n\r\nhello${hidden}`,
  "a space before the colon": `${line}Content-Length : 5\r\n\r\nhello${hidden}`,
  "a space before the name": `${line} Content-Length: 5\r\n\r\nhello${hidden}`,
  "a folded line": `${line}X-A: 1\r\n Content-Length: 5\r\n\r\nhello${hidden}`,
  "a folded Transfer-Encoding": `${line}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${hidden}`,
  "a bare LF after a header": `${line}X-A: 1\nContent-Length: 5\r\n\r\nhello${hidden}`,
  "a bare CR in a header": `${line}X-A: 1\rContent-Length: 5\r\n\r\nhello${hidden}`,
  "NUL in a value": `${line}X-A: 1\0\r\n\r\n${hidden}`,
  "NUL in a name": `${line}X\0A: 1\r\n\r\n${hidden}`,
  "a control character in a value": `${line}X-A: \x01\r\n\r\n${hidden}`,
  "no header name": `${line}: 1\r\n\r\n${hidden}`,
  "a name with a bracket": `${line}X(A): 1\r\n\r\n${hidden}`,
  "an unknown transfer coding": `${line}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
  "two transfer codings": `${line}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${hidden}`,
  "chunked not last": `${line}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
  "chunked twice": `${line}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  "a vertical tab in Transfer-Encoding": `${line}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${hidden}`,
  "a chunk size that is none": `${line}Transfer-Encoding: chunked\r\n\r\nzz\r\n${hidden}`,
  "a negative chunk size": `${line}Transfer-Encoding: chunked\r\n\r\n-1\r\n${hidden}`,
  "a chunk size with 0x": `${line}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n${hidden}`,
  "a chunk size beyond counting": `${line}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello${hidden}`,
  "a chunk longer than its size": `${line}Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n${hidden}`,
  "a bare LF after a chunk size": `${line}Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n${hidden}`,
  "a length in the trailers": `${line}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n${hidden}`,
  "two hosts": `GET ${proxyPath}/a HTTP/1.1\r\nHost: m\r\nHost: n\r\n\r\n${hidden}`,
  "no host": `GET ${proxyPath}/a HTTP/1.1\r\n\r\n${hidden}`,
  "a control character in the target": `GET ${proxyPath}/a\x01b HTTP/1.1\r\nHost: m\r\n\r\n${hidden}`,
  "a tab in the target": `GET ${proxyPath}/a\tb HTTP/1.1\r\nHost: m\r\n\r\n${hidden}`,
  "another protocol": `GET ${proxyPath}/a HTTPS/1.1\r\nHost: m\r\n\r\n${hidden}`,
  "version 1.2": `GET ${proxyPath}/a HTTP/1.2\r\nHost: m\r\n\r\n${hidden}`,
  "version 2.0": `GET ${proxyPath}/a HTTP/2.0\r\nHost: m\r\n\r\n${hidden}`,
  "a method in small letters": `get ${proxyPath}/a HTTP/1.1\r\nHost: m\r\n\r\n${hidden}`,
};

describe("a request that could be read in two ways (S-7)", () => {
  it.each(Object.entries(refused))("%s: refused, and nothing of it becomes a request upstream", async (_, text) => {
    const { seen, said } = await exchanged(text);
    expect(seen).toEqual([]);
    expect(said).toMatch(/^HTTP\/1\.1 (400|505) /);
    expect(said).not.toContain(canary);
  });

  it.each([
    { name: "two spaces after the target", text: `GET ${proxyPath}/a  HTTP/1.1\r\nHost: m\r\n\r\n`, urls: ["/a"] },
    { name: "chunks in capitals", text: `${line}Transfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, urls: ["/a"] },
    { name: "a chunk extension", text: `${line}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n`, urls: ["/a"] },
    { name: "trailers", text: `${line}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n`, urls: ["/a"] },
    { name: "a body that looks like a request", text: `${line}Content-Length: ${hidden.length}\r\n\r\n${hidden}`, urls: ["/a"] },
    {
      name: "two requests in one go",
      text: `GET ${proxyPath}/a HTTP/1.1\r\nHost: m\r\n\r\nGET ${proxyPath}/b HTTP/1.1\r\nHost: m\r\n\r\n`,
      urls: ["/a", "/b"],
    },
    {
      name: "a body with GET",
      text: `GET ${proxyPath}/a HTTP/1.1\r\nHost: m\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      urls: ["/a"],
    },
  ])("$name: what was accepted is what the upstream sees", async ({ text, urls }) => {
    const { seen, said } = await exchanged(text + last);
    expect(seen.map(({ url }) => url)).toEqual([...urls, "/last"]);
    expect(said.match(/mooring-origin: upstream/g)).toHaveLength(urls.length + 1);
  });

  it("CONNECT is refused without an answer from any upstream", async () => {
    const { seen, said } = await exchanged(`CONNECT ${proxyPath} HTTP/1.1\r\nHost: m\r\n\r\n`);
    expect(seen).toEqual([]);
    expect(said).not.toMatch(/^HTTP\/1\.1 2/);
  });
});

describe("whatever comes over the wire (S-7)", () => {
  it("is tried in five hundred and more ways", () => expect(new Set(corpus.map(({ name }) => name)).size).toBeGreaterThanOrEqual(500));

  it("becomes the requests upstream that were accepted and no other, and none after one that was refused", {
    timeout: 120_000,
  }, async () => {
    const accepted: string[] = [];
    const { port, seen } = await rig({
      snapshot: { credentials: [apiKey("header", "X-Api-Key")] },
      authenticate: (request) => {
        accepted.push(request.url?.slice(proxyPath.length) ?? "");
        return actor;
      },
    });
    const play = async ({ name, text }: Case, which: number) => {
      const said = await saidTo(port, text(`${proxyPath}/${which}`));
      const mine = (urls: readonly string[]) => urls.filter((url) => url.startsWith(`/${which}/`)).toSorted();
      const reached = mine(seen.map(({ url }) => url));
      const statuses = [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
      const answered = statuses.filter((status) => status === "200").length;
      // An address in another form is not found, which is an answer like any other.
      const isRefused = statuses.some((status) => status !== "200" && status !== "404");
      // A refusal ends the connection, and with it what was under way on it.
      if (isRefused) expect([name, mine(accepted)]).toEqual([name, expect.arrayContaining(reached)]);
      else expect([name, reached, answered]).toEqual([name, mine(accepted), reached.length]);
      if (isRefused) expect([name, reached]).not.toEqual([name, expect.arrayContaining([`/${which}/last`])]);
      expect([name, new Set(reached).size]).toEqual([name, reached.length]);
      expect(said).not.toContain(canary);
    };
    for (let at = 0; at < corpus.length; at += 20) await Promise.all(corpus.slice(at, at + 20).map((one, index) => play(one, at + index)));
  });
});

const last = `GET ${proxyPath}/last HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n`;

/** What the upstream saw and the caller was told when `text` came over the wire, up to the end of the connection. */
async function exchanged(text: string): Promise<{ seen: Rig["seen"]; said: string }> {
  const { port, seen } = await rig({ snapshot: { credentials: [apiKey("header", "X-Api-Key")] } });
  return { seen, said: await saidTo(port, text) };
}

/** What the caller was told on a connection of its own, up to its end. */
async function saidTo(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let said = "";
  const socket = connect(port, "127.0.0.1");
  socket.on("data", (data) => {
    said += data.toString("latin1");
  });
  socket.on("error", () => {});
  socket.on("close", () => resolve(said));
  socket.write(text, "latin1");
  return promise;
}
