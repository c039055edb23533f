import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { FormData as UndiciFormData, fetch as undiciFetch } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { engines } from "../harness/engines.ts";
import { createAxiosClient } from "./axios-client.ts";
import { createCurlClient, hasCurl } from "./curl-client.ts";
import { openDoor } from "./door.ts";
import { createFetchClient, type FetchParts } from "./fetch-client.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { createGotClient } from "./got-client.ts";
import type { HttpClient } from "./http-client.ts";
import { everyAnswer, longText, type Outside, startOutside, valuesOf } from "./outside.ts";
import { pieces, sumOf, sumOfStream } from "./pattern.ts";

const MiB = 1024 * 1024;
const stored = "the-stored-key";
const proof = {
  authSchemeConfig: { schemeType: "api-key", name: "X-Api-Key", in: "header" },
  credential: { name: "key", type: "string", data: { value: stored } },
} as const;

/** `unpacks`: the codings that the client undoes by itself. */
const clients: readonly { name: string; client: HttpClient; unpacks: readonly string[]; isHere?: boolean }[] = [
  {
    name: "undici fetch",
    client: createFetchClient({ fetch: undiciFetch, FormData: UndiciFormData } as unknown as FetchParts),
    unpacks: ["gzip", "deflate", "br", "zstd"],
  },
  { name: "fetch of Node", client: createFetchClient({ fetch, FormData }), unpacks: ["gzip", "deflate", "br", "zstd"] },
  { name: "axios", client: createAxiosClient(), unpacks: ["gzip", "deflate", "br"] },
  { name: "got", client: createGotClient(), unpacks: ["gzip", "deflate", "br", "zstd"] },
  { name: "curl", client: createCurlClient(), unpacks: ["gzip", "deflate"], isHere: hasCurl },
];

describe.each(engines)("real clients through a Mooring on $name", ({ prepare }) => {
  let outside: Outside;
  let gateway: Gateway;
  let headers: Record<string, string>;

  beforeAll(async () => {
    outside = await startOutside(everyAnswer);
    gateway = await startGateway(outside, proof, prepare);
    headers = { authorization: `Bearer ${gateway.apiKey}` };
  });
  afterAll(async () => {
    await gateway?.stop();
    await outside?.stop();
  });
  afterEach(() => {
    // Whatever was called, and however: the stored proof once, and nothing of the caller's.
    for (const request of outside.seen.splice(0)) {
      expect(valuesOf(request, "x-api-key")).toEqual([stored]);
      expect(["authorization", "cookie"].flatMap((name) => valuesOf(request, name))).toEqual([]);
      expect(JSON.stringify(request)).not.toContain(gateway.apiKey);
    }
  });

  const at = (path: string) => gateway.proxyUrl + path;

  for (const { name, client, unpacks, isHere = true } of clients) {
    describe.skipIf(!isHere)(isHere ? name : `${name}, which this machine does not have`, () => {
      it("gets JSON", async () => {
        const { status, headers: received, body } = await client.send(at("/json?page=2&q=a%20b"), { headers });
        expect([status, received["content-type"], received["mooring-origin"]]).toEqual([200, "application/json", "upstream"]);
        expect(JSON.parse(body.toString())).toEqual({ search: "?page=2&q=a%20b", text: "grüße 🚢" });
      });

      it("posts JSON", async () => {
        const json = { name: "Ü", list: [1, 2, { deep: null }] };
        const { status, headers: received, body } = await client.send(at("/echo"), { method: "POST", headers, json });
        expect([status, received["content-type"]]).toEqual([201, "application/json"]);
        expect(JSON.parse(body.toString())).toEqual(json);
      });

      it("posts a form", async () => {
        const form = { name: "a b&c", empty: "", text: "grüße" };
        const { headers: received, body } = await client.send(at("/echo"), { method: "POST", headers, form });
        expect(received["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
        expect(Object.fromEntries(new URLSearchParams(body.toString()))).toEqual(form);
      });

      it("uploads a file in a multipart form, byte for byte", async () => {
        const bytes = Buffer.concat([...pieces(300_000)]);
        const file = { name: "photo.bin", bytes, note: "from the sea" };
        const { headers: received, body } = await client.send(at("/echo"), { method: "POST", headers, file });
        const form = await new Response(new Uint8Array(body), { headers: { "content-type": String(received["content-type"]) } }).formData();
        const kept = form.get("file") as File;
        expect([form.get("note"), kept.name]).toEqual(["from the sea", "photo.bin"]);
        expect(bytes.equals(Buffer.from(await kept.arrayBuffer()))).toBe(true);
      });

      it("streams a body up and an answer down, byte for byte", async () => {
        const stream = Readable.from(pieces(16 * MiB), { objectMode: false });
        const { body } = await client.send(at("/sum"), { method: "PUT", headers, stream });
        expect(JSON.parse(body.toString())).toEqual({ sha256: sumOf(16 * MiB), framing: "chunked" });
        expect(await sumOfStream(await client.download(at(`/pattern?bytes=${16 * MiB}`), { headers }))).toBe(sumOf(16 * MiB));
      });

      it("asks for the head alone, and gets the length of what it would have got", async () => {
        const { status, headers: received, body } = await client.send(at("/json"), { method: "HEAD", headers });
        expect([status, received["content-length"], body.length]).toEqual([200, "4321", 0]);
      });

      it("takes an answer without a body", async () => {
        const { status, headers: received, body } = await client.send(at("/item/1"), { method: "DELETE", headers });
        expect([status, received.etag, body.length]).toEqual([204, '"gone"', 0]);
      });

      it.each([301, 302, 303, 307, 308])("is handed the redirect %i, which nobody followed (S-4)", async (status) => {
        const received = await client.send(at(`/redirect/${status}`), { headers });
        expect([received.status, received.headers.location]).toEqual([status, "https://elsewhere.example/next"]);
        expect(outside.seen).toHaveLength(1);
      });

      it.each(unpacks)("unpacks %s itself", async (coding) => {
        const { status, body } = await client.send(at(`/packed/${coding}`), { headers });
        expect([status, body.toString()]).toEqual([200, longText]);
      });

      it.each([400, 404, 429, 500, 503])("sees an upstream's %i as it is", async (status) => {
        const { headers: received, ...answer } = await client.send(at(`/status/${status}`), { headers });
        expect([answer.status, received["mooring-origin"], answer.body.toString()]).toEqual([status, "upstream", '{"error":"no"}']);
      });

      it("can tell an error of the gateway's own", async () => {
        const {
          status,
          headers: received,
          body,
        } = await client.send(at("/json"), { headers: { authorization: `Bearer ${"x".repeat(40)}` } });
        expect([status, received["mooring-origin"]]).toEqual([401, "gateway"]);
        expect(JSON.parse(body.toString())).toMatchObject({ code: "unauthenticated" });
        expect(outside.seen).toEqual([]);
      });

      it("never takes half of an answer for a whole one", async () => {
        await expect(client.send(at("/broken"), { headers })).rejects.toThrow();
      });

      it("keeps its connection from call to call", async () => {
        const door = await openDoor(gateway.mooring.url);
        const urls = Array.from({ length: 6 }, (_, turn) => at(turn % 2 === 0 ? `/json?${turn}` : `/status/404?${turn}`));
        const statuses = await client.sendInTurn(
          urls.map((url) => url.replace(gateway.mooring.url.origin, door.origin)),
          { headers },
        );
        expect(statuses).toEqual([200, 404, 200, 404, 200, 404]);
        // undici opens a second one when the first has not quite come to rest.
        expect(door.connections()).toBeLessThanOrEqual(2);
        await door.stop();
      });

      it.each(["/endless", "/silent"])("that gives up on %s ends the exchange with the outside system", async (path) => {
        const stop = new AbortController();
        const cut = outside.cutAt(path);
        const ended = client
          .download(at(path), { headers, signal: stop.signal })
          .then(sumOfStream)
          .catch(() => "given up");
        await arrived(path);
        stop.abort();
        expect(await ended).toBe("given up");
        await cut;
      });

      it("cannot bring a proof of its own", async () => {
        const own = { ...headers, "X-Api-Key": "mine", x_api_key: "mine", Cookie: "session=mine" };
        const { status } = await client.send(at("/json"), { headers: own });
        expect(status).toBe(200);
        expect(JSON.stringify(outside.seen)).not.toContain("mine");
      });
    });
  }

  /** Waits until a request for `path` is with the outside system. */
  async function arrived(path: string): Promise<void> {
    while (!outside.seen.some(({ url }) => url === path)) await pause(5);
  }
});
