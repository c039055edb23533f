import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { type Answer, actor, call, connectionId, org, proxyPath, rig } from "./rig.ts";

const organisations = {
  a: org,
  b: "01KA0RG0000000000000000002",
  c: "01KA0RG0000000000000000003",
  d: "01KA0RG0000000000000000004",
} as const;
type Name = keyof typeof organisations;

/** Longer than any test takes: nothing here ends because its time is up. */
const longMs = 600_000;

/** A gateway with few places, organisations a to d, and an upstream that answers `hold/...` only when it is told to. */
async function crowded(admission: { callsMax: number; waitMs: number }) {
  const held: { path: string; response: ServerResponse }[] = [];
  const upstream = ({ url = "" }: IncomingMessage, response: ServerResponse) => {
    if (url.startsWith("/hold")) held.push({ path: url, response });
    else response.end("quick");
  };
  const authenticate = ({ url = "" }: IncomingMessage) => ({ ...actor, org: url.split("/")[2] as OrganisationId });
  const made = await rig({ upstream, authenticate, admission });
  const send = (name: Name, path: string) =>
    call(made.port, `/o/${organisations[name]}/connections/${connectionId}/environments/prod/proxy/${path}`);
  return { ...made, held, send, answerNext, answerAll, admission: () => made.gateway.stats().admission };

  function answerNext(): void {
    held.shift()?.response.end("held");
  }

  /** Answers until nothing is in flight. */
  async function answerAll(): Promise<void> {
    while (made.gateway.stats().admission.inFlight > 0) {
      while (held.length > 0) answerNext();
      await pause(1);
    }
  }
}

type Crowded = Awaited<ReturnType<typeof crowded>>;

const statuses = (answers: readonly Answer[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

function requireRefusals(answers: readonly Answer[]): void {
  for (const { status, headers, error } of answers) {
    if (status === 200) continue;
    expect({ status, code: error.code }).toEqual({ status: 503, code: "overloaded" });
    expect(headers["retry-after"]).toMatch(/^[1-3]$/);
  }
}

/** Sends `count` calls and waits until each of them has its place, waits for one, or was refused. */
async function flood({ send, admission }: Crowded, name: Name, count: number) {
  const before = admission();
  const known = ({ inFlight, waiting, refused }: typeof before) => inFlight + waiting + refused.full + refused.late;
  const sent = Array.from({ length: count }, (_, at) => send(name, `hold/${name}${at}`));
  await expect.poll(() => known(admission()) - known(before)).toBe(count);
  return sent;
}

describe("more calls than places (L-1)", () => {
  it("at three times what there is room for, as many succeed in every round; the rest is refused at once, and nothing hangs", async () => {
    const gateway = await crowded({ callsMax: 8, waitMs: longMs });
    const [places, lines, rounds] = [6, 6, 10];
    const perRound: unknown[] = [];
    for (let round = 0; round < rounds; round++) {
      const sent = await flood(gateway, "a", 3 * (places + lines));
      await gateway.answerAll();
      const answers = await Promise.all(sent);
      requireRefusals(answers);
      perRound.push(statuses(answers));
    }
    expect(perRound).toEqual(Array(rounds).fill({ 200: places + lines, 503: 2 * (places + lines) }));
    // Afterwards all is as before.
    expect(statuses(await Promise.all(Array.from({ length: places }, () => gateway.send("a", "quick"))))).toEqual({ 200: places });
    expect(gateway.gateway.stats().inFlight).toBe(0);
    expect(gateway.admission()).toEqual({ inFlight: 0, waiting: 0, refused: { full: rounds * 2 * (places + lines), late: 0 } });
  });

  it("that wait in vain are refused as well, and then fewer wait; when the upstream is well again, so are calls", async () => {
    const gateway = await crowded({ callsMax: 8, waitMs: 40 });
    const sent = await flood(gateway, "a", 12);
    const late = await Promise.all(sent.slice(6));
    expect(statuses(late)).toEqual({ 503: 6 });
    requireRefusals(late);
    expect(gateway.admission().refused).toEqual({ full: 0, late: 6 });
    expect(gateway.held).toHaveLength(6);
    while (gateway.held.length > 0) gateway.answerNext();
    expect(statuses(await Promise.all(sent.slice(0, 6)))).toEqual({ 200: 6 });
    await expect.poll(() => gateway.admission().inFlight).toBe(0);
    expect(statuses(await Promise.all(Array.from({ length: 6 }, () => gateway.send("a", "quick"))))).toEqual({ 200: 6 });
  });

  it("whose callers go away leave the line at once, and are never sent", async () => {
    const gateway = await crowded({ callsMax: 4, waitMs: longMs });
    const sent = await flood(gateway, "a", 3);
    const callers = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = connect(gateway.port, "127.0.0.1");
        await once(socket, "connect");
        socket.write(`GET ${proxyPath}/gone HTTP/1.1\r\nHost: mooring.test\r\n\r\n`);
        return socket;
      }),
    );
    await expect.poll(() => gateway.admission().waiting).toBe(3);
    for (const socket of callers) socket.destroy();
    await expect.poll(() => gateway.admission().waiting).toBe(0);
    while (gateway.held.length > 0) gateway.answerNext();
    await Promise.all(sent);
    await expect.poll(() => gateway.gateway.stats()).toMatchObject({ inFlight: 0, ended: { upstream: 3, aborted: 3 } });
    expect(gateway.seen.map(({ url }) => url)).not.toContain("/gone");
  });

  it("give their places back however they end", async () => {
    const gateway = await crowded({ callsMax: 4, waitMs: longMs });
    const elsewhere = proxyPath.replace("/prod/", "/nowhere/");
    for (let at = 0; at < 20; at++) {
      expect((await call(gateway.port, elsewhere)).status).toBe(404);
      expect((await call(gateway.port, proxyPath, { method: "TRACE" })).status).toBe(405);
      expect((await call(gateway.port, `${proxyPath}/../up`)).status).toBe(400);
      const socket = connect(gateway.port, "127.0.0.1");
      socket.write(`GET ${proxyPath}/hold/${at} HTTP/1.1\r\nHost: mooring.test\r\n\r\n`);
      await expect.poll(() => gateway.held.length).toBe(at + 1);
      socket.destroy();
      await expect.poll(() => gateway.admission().inFlight).toBe(0);
    }
    expect(gateway.admission().refused).toEqual({ full: 0, late: 0 });
  });
});

describe("organisations (T-4)", () => {
  it("have no error while another floods at ten times its limit and its upstream does not answer", async () => {
    const gateway = await crowded({ callsMax: 8, waitMs: longMs });
    const sent = await flood(gateway, "a", 80);
    const answers: Answer[] = [];
    for (let at = 0; at < 50; at++) answers.push(await gateway.send("b", "quick"));
    expect(statuses(answers)).toEqual({ 200: 50 });
    // All the while the other had what is the most it can have.
    expect(gateway.held).toHaveLength(6);
    expect(gateway.admission()).toEqual({ inFlight: 6, waiting: 6, refused: { full: 68, late: 0 } });
    await gateway.answerAll();
    const flooded = await Promise.all(sent);
    requireRefusals(flooded);
    expect(statuses(flooded)).toEqual({ 200: 12, 503: 68 });
  });

  it("that come where every place is taken are served before the backlog of the crowd", async () => {
    const gateway = await crowded({ callsMax: 8, waitMs: longMs });
    const crowd = [...(await flood(gateway, "a", 12)), ...(await flood(gateway, "c", 2))];
    expect(gateway.admission()).toMatchObject({ inFlight: 8, waiting: 6 });
    const late = [...(await flood(gateway, "b", 1)), ...(await flood(gateway, "d", 1))];
    for (let at = 0; at < late.length; at++) {
      await expect.poll(() => gateway.held.length).toBe(8);
      gateway.answerNext();
    }
    await expect.poll(() => gateway.seen.length).toBe(8 + late.length);
    expect(gateway.seen.slice(8).map(({ url }) => url)).toEqual(["/hold/b0", "/hold/d0"]);
    await gateway.answerAll();
    expect(statuses(await Promise.all([...crowd, ...late]))).toEqual({ 200: 16 });
  });
});
