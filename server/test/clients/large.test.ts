import { existsSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { FormData as UndiciFormData, fetch as undiciFetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trials } from "../harness/profile.ts";
import { createAxiosClient } from "./axios-client.ts";
import { createCurlClient, hasCurl } from "./curl-client.ts";
import { createFetchClient, type FetchParts } from "./fetch-client.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { createGotClient } from "./got-client.ts";
import type { HttpClient } from "./http-client.ts";
import { everyAnswer, type Outside, startOutside } from "./outside.ts";
import { pieces, sumOf, sumOfStream } from "./pattern.ts";

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;
/** What resident memory may grow by, however much passes. */
const growthMax = 64 * MiB;

const undici = createFetchClient({ fetch: undiciFetch, FormData: UndiciFormData } as unknown as FetchParts);
const part = trials({ change: 256 * MiB, long: GiB });
const clients: readonly { name: string; client: HttpClient; bytes: number; isHere?: boolean }[] = [
  { name: "undici fetch", client: undici, bytes: GiB },
  { name: "curl", client: createCurlClient(), bytes: part, isHere: hasCurl },
  { name: "fetch of Node", client: createFetchClient({ fetch, FormData }), bytes: part },
  { name: "axios", client: createAxiosClient(), bytes: part },
  { name: "got", client: createGotClient(), bytes: part },
];

// Only there does a system say what a process holds.
const hasProc = existsSync("/proc/self/status");

describe.skipIf(!hasProc)(hasProc ? "a body of up to 1 GiB" : "large bodies, because this machine has no /proc", () => {
  let outside: Outside;
  let gateway: Gateway;
  let headers: Record<string, string>;

  beforeAll(async () => {
    outside = await startOutside(everyAnswer);
    const proof = {
      authSchemeConfig: { schemeType: "api-key", name: "X-Api-Key", in: "header" },
      credential: { name: "key", type: "string", data: { value: "the-stored-key" } },
    } as const;
    gateway = await startGateway(outside, proof);
    headers = { authorization: `Bearer ${gateway.apiKey}` };
    // So that the code that a first call brings into memory is there.
    await up(undici, MiB);
    await down(undici, MiB);
  });
  afterAll(async () => {
    await gateway?.stop();
    await outside?.stop();
  });

  const down = async (client: HttpClient, bytes: number) =>
    sumOfStream(await client.download(`${gateway.proxyUrl}/pattern?bytes=${bytes}`, { headers }));
  const up = async (client: HttpClient, bytes: number) => {
    const stream = Readable.from(pieces(bytes), { objectMode: false });
    const { body } = await client.send(`${gateway.proxyUrl}/sum`, { method: "PUT", headers, stream });
    return (JSON.parse(body.toString()) as { sha256: string }).sha256;
  };

  for (const { name, client, bytes, isHere = true } of clients) {
    describe.skipIf(!isHere)(isHere ? `by ${name}` : `by ${name}, which this machine does not have`, () => {
      it.each([
        { way: "down", pass: down },
        { way: "up", pass: up },
      ])(`passes $way whole, ${bytes / MiB} MiB of it, while Mooring's memory grows by less than 64 MiB (S-9)`, async ({ pass }) => {
        const { result, grownBytes } = await watchingMemory(gateway.mooring.pid, () => pass(client, bytes));
        expect(result).toBe(sumOf(bytes));
        expect(grownBytes).toBeLessThan(growthMax);
      });
    });
  }
});

/** Runs `work`; how far above its beginning the resident memory of process `pid` was meanwhile, at most. */
async function watchingMemory<Result>(pid: number, work: () => Promise<Result>): Promise<{ result: Result; grownBytes: number }> {
  const before = residentBytes(pid);
  let most = before;
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await pause(10)) most = Math.max(most, residentBytes(pid));
  })();
  try {
    return { result: await work(), grownBytes: most - before };
  } finally {
    isOver = true;
    await watching;
  }
}

const residentBytes = (pid: number) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
