import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Operation, operations } from "@mooring/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { smallConnection } from "../harness/samples.ts";

const KiB = 1024;
// Of one origin, an organisation has 128 connections at most.
const hosts = Array.from({ length: 10 }, (_, at) => `127.0.0.${at + 1}`);
const peersOfAKind = 400;

describe.runIf(process.platform === "linux")("memory with peers that take their time (L-2)", () => {
  let place: Place;
  let mooring: MooringProcess;
  let authorization: string;
  let organisation: string;
  const proxyPaths: string[] = [];
  const sockets: Socket[] = [];
  const piece = Buffer.alloc(64 * KiB, "x");
  const outside = createServer((request, response) => {
    if (request.url === "/quick") response.end(piece);
    if (request.url === "/large") for (let at = 0; at < 64; at++) response.write(piece);
  });

  const kinds: Readonly<Record<string, (at: number) => string>> = {
    "do not read their answer": (at) => requestOf(at, "GET", "/large"),
    "call an upstream that does not answer": (at) => requestOf(at, "GET", "/slow"),
    "do not go on with a body": (at) => requestOf(at, "POST", "/slow", "Content-Length: 1000000", "x"),
    "send nothing": () => "",
    // Last, because these are sent away after ten seconds.
    "send half a head": () => `GET /healthz HTTP/1.1\r\nHost: mooring.test\r\nX-Long: ${"x".repeat(8 * KiB)}\r\n`,
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => outside.listen(0, "0.0.0.0", resolve));
    await start();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await mooring?.kill("SIGKILL");
    await place?.remove();
    outside.closeAllConnections();
    outside.close();
  });

  test(`grows on average by 64 KiB at most for each of ${Object.keys(kinds).length * peersOfAKind} callers, and others are served`, async () => {
    await readied();
    // So that the young generation has the size it has in use: that it grows is no caller's either.
    for (let round = 0; round < 50; round++) await serves();
    const before = rss();
    let most = 0;
    const used: string[] = [];
    for (const [kind, textOf] of Object.entries(kinds)) {
      const start = rss();
      for (let at = 0; at < peersOfAKind; at++) await open(textOf(at));
      for (let at = 0; at < 10; at++) {
        await pause(50);
        most = Math.max(most, rss());
      }
      used.push(`${kind}: ${Math.round((rss() - start) / peersOfAKind / KiB)} KiB`);
    }
    process.stdout.write(`Memory for each of ${peersOfAKind} that ${used.join(", that ")}\n`);
    expect((most - before) / sockets.length).toBeLessThan(64 * KiB);
    await serves();
  });

  async function open(text: string): Promise<void> {
    const socket = connect(Number(mooring.url.port), "127.0.0.1").pause();
    socket.on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    socket.write(text);
  }

  /** Has every operation met once, because what the program readies for it is no caller's. */
  async function readied(): Promise<void> {
    for (const { method, path } of Object.values<Operation>(operations)) {
      const address = path.replaceAll(/\{\w+\}/g, organisation);
      const body = method === "GET" ? {} : { body: "{}", headers: { authorization, "content-type": "application/json" } };
      await (await fetch(new URL(address, mooring.url), { method, headers: { authorization }, ...body })).arrayBuffer();
    }
  }

  async function serves(): Promise<void> {
    for (const path of proxyPaths) {
      const answer = await fetch(new URL(`${path}/quick`, mooring.url), { headers: { authorization } });
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBe(piece.length);
    }
  }

  async function start(): Promise<void> {
    place = await (engines[0] as (typeof engines)[number]).prepare();
    const { port } = outside.address() as AddressInfo;
    const home = homeOn(place, { MOORING_EGRESS_ALLOW: "127.0.0.0/8", MOORING_CALLS_MAX: "4096" });
    authorization = `Bearer ${home.apiKey}`;
    organisation = home.organisation;
    const actor: Actor = { name: "key", org: home.organisation, headers: { authorization } };
    mooring = await startProcess(home.settings);
    const { must } = clientOf(mooring);
    for (const host of hosts) {
      const { body } = await must(actor, "CreateHTTPConnection", {
        body: { ...smallConnection({ baseUrl: `http://${host}:${port}` }), name: `at ${host}` },
      });
      proxyPaths.push(`/o/${home.organisation}/connections/${body.id}/environments/dev/proxy`);
    }
  }

  function requestOf(at: number, method: string, path: string, ...more: string[]): string {
    const [header, body = ""] = more;
    const head = [`${method} ${proxyPaths[at % hosts.length]}${path} HTTP/1.1`, "Host: mooring.test", `Authorization: ${authorization}`];
    return `${[...head, ...(header === undefined ? [] : [header])].join("\r\n")}\r\n\r\n${body}`;
  }

  function rss(): number {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${mooring.pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * KiB;
  }
});
