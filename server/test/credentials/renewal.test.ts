import { describe, expect, test } from "vitest";
import * as credentials from "../../src/control/credentials.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { clientAt, grantAt, type Node, tokenRig } from "./token-rig.ts";

const day = 86_400_000;
const renewing = { "mooring-refresh-credential": "true" };

describe.each(engines)("a token, on $name", ({ prepare }) => {
  const rigOf = async () => tokenRig(await prepare());

  test("of a client is obtained by the first call, and kept for the others and other nodes", async () => {
    const rig = await rigOf();
    const to = await rig.connect(clientAt(rig.server));
    const [near, far] = [await rig.node(), await rig.node()];
    for (const node of [near, near, far]) expect(await node.call(to)).toMatchObject({ status: 200, said: "good" });
    expect(rig.server.asked).toMatchObject([
      { fields: { grant_type: "client_credentials" }, authorization: expect.stringMatching(/^Basic /) },
    ]);
    expect(await rig.stored(to.id)).toMatchObject({ version: 1, reason: undefined, leaseUntilMs: undefined, intentAtMs: undefined });
  });

  test.each(["none", "grace", "strict"] as const)(
    "that ended is renewed before the call, by a server with rotation %s (O-9)",
    async (rotation) => {
      const rig = await rigOf();
      rig.server.rotation = rotation;
      const first = rig.server.signIn();
      const to = await rig.connect(grantAt(rig.server, { refreshToken: first }));
      const node = await rig.node();
      for (let round = 1; round <= 3; round++) {
        expect(await node.call(to)).toMatchObject({ status: 200, said: "good" });
        expect(rig.server.asked).toHaveLength(round);
        const { refreshToken } = await rig.opened(to.id);
        expect(refreshToken === first).toBe(rotation === "none");
        await rig.age(day);
        await node.caughtUp();
      }
    },
  );

  test("is asked for with the application's secret only where it is the very same client", async () => {
    const rig = await rigOf();
    const grant = grantAt(rig.server, { refreshToken: rig.server.signIn() });
    const to = await rig.connect({ ...grant, data: { ...grant.data, clientSecret: "" } });
    expect(await (await rig.node()).call(to)).toMatchObject({ status: 200 });
    expect(Buffer.from(rig.server.asked[0]?.authorization.slice(6) ?? "", "base64").toString()).toBe("id:the+application%27s");
  });

  test("that is about to end is renewed in the background: no call waits, and one request is made", async () => {
    const rig = await rigOf();
    const to = await rig.connect(clientAt(rig.server));
    const node = await rig.node();
    await node.call(to);
    await rig.age(3_600_000 - 200_000);
    await node.caughtUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.server.hold = () => promise;
    // The old token is still the newest that the server has given out, until it answers: so calls are good only with it.
    rig.server.instead = () => ({ status: 200, body: { access_token: "early", token_type: "Bearer", expires_in: 3600 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => node.call(to)));
    expect(new Set(answers.map(({ said }) => said))).toEqual(new Set(["good"]));
    resolve();
    await expect.poll(async () => (await rig.opened(to.id)).accessToken).toBe("early");
    expect(rig.server.asked).toHaveLength(2);
  });

  test("is renewed once for 100 callers on each of 4 nodes at the same time, and all get the new one (O-5)", {
    timeout: 600_000,
  }, async () => {
    const rig = await rigOf();
    rig.server.rotation = "strict";
    const to = await rig.connect(grantAt(rig.server, { refreshToken: rig.server.signIn() }));
    const nodes = await Promise.all([rig.node(), rig.node(), rig.node(), rig.node()]);
    for (let round = 1; round <= trials({ change: 5, long: 200 }); round++) {
      await rig.age(day);
      await heard(nodes);
      const answers = await Promise.all(nodes.flatMap((node) => Array.from({ length: 100 }, () => node.call(to))));
      expect(answers.filter(({ status, said }) => status !== 200 || said !== "good")).toEqual([]);
      expect(rig.server.asked).toHaveLength(round);
    }
    expect(rig.server.calls.stale).toBe(0);
  });

  test("is renewed once when it is forced, however many ask at once, and whatever else Mooring-Refresh-Credential says is refused", async () => {
    const rig = await rigOf();
    const to = await rig.connect(clientAt(rig.server));
    const nodes = [await rig.node(), await rig.node()];
    for (const node of nodes) await node.call(to);
    // Answered only when all have asked.
    rig.server.hold = () => expect.poll(() => nodes.reduce((sum, node) => sum + node.inFlight(), 0)).toBe(40);
    const answers = await Promise.all(nodes.flatMap((node) => Array.from({ length: 20 }, () => node.call(to, renewing))));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(rig.server.asked).toHaveLength(2);
    expect(await nodes[0]?.call(to, { "mooring-refresh-credential": "yes" })).toMatchObject({ status: 400, said: "invalid_request" });
    expect(rig.server.asked).toHaveLength(2);
  });

  test("that the outside system refuses although it was good is renewed once and the call sent again, if it is older than a minute", async () => {
    const rig = await rigOf();
    const to = await rig.connect(clientAt(rig.server));
    const node = await rig.node();
    await node.call(to);
    rig.server.revoke();
    expect(await node.call(to)).toMatchObject({ status: 401, said: "stale" });
    expect(rig.server.asked).toHaveLength(1);
    await rig.age(61_000);
    await node.caughtUp();
    const answers = await Promise.all(Array.from({ length: 10 }, () => node.call(to)));
    expect(answers.filter(({ said }) => said !== "good")).toEqual([]);
    expect(rig.server.asked).toHaveLength(2);
  });

  describe("that cannot be renewed", () => {
    test("because the grant is gone needs a person; the old one is sent while it lasts (O-8)", async () => {
      const rig = await rigOf();
      const to = await rig.connect(grantAt(rig.server, { refreshToken: rig.server.signIn() }));
      const node = await rig.node();
      await node.call(to);
      rig.server.instead = () => ({ status: 400, body: { error: "invalid_grant", error_description: "revoked" } });
      expect(await node.call(to, renewing)).toMatchObject({ status: 424, said: "reauth_required" });
      expect(await node.call(to)).toMatchObject({ status: 200 });
      expect(await rig.stored(to.id)).toMatchObject({ needsPerson: true, reason: expect.stringContaining("invalid_grant: revoked") });
      await rig.age(day);
      await node.caughtUp();
      expect(await node.call(to)).toMatchObject({ status: 424, said: "reauth_required" });
      expect(rig.server.asked).toHaveLength(2);
      const shown = await credentials.get(rig.control, rig.caller, to.id);
      expect(shown.errors).toEqual([expect.stringContaining("invalid_grant")]);
    });

    test("because nobody has signed in, or there is no refresh token, needs a person too", async () => {
      const rig = await rigOf();
      const node = await rig.node();
      const bare = await rig.connect(grantAt(rig.server, {}));
      expect(await node.call(bare)).toMatchObject({ status: 424, said: "reauth_required" });
      const plain = await rig.connect(grantAt(rig.server, { accessToken: "given" }));
      expect(await node.call(plain)).toMatchObject({ status: 401, said: "stale" });
      expect(await node.call(plain, renewing)).toMatchObject({ status: 424 });
      expect(rig.server.asked).toEqual([]);
    });

    test.each([
      { name: "5xx", answer: { status: 503, body: "down" }, waitsAtLeast: 60, waitsAtMost: 76 },
      {
        name: "429 with Retry-After",
        answer: { status: 429, body: "", headers: { "retry-after": "200" } },
        waitsAtLeast: 200,
        waitsAtMost: 216,
      },
      {
        name: "a Retry-After of a day",
        answer: { status: 503, body: "", headers: { "retry-after": "86400" } },
        waitsAtLeast: 300,
        waitsAtMost: 316,
      },
      { name: "nonsense", answer: { status: 200, body: "<html>" }, waitsAtLeast: 60, waitsAtMost: 76 },
      { name: "a refused client", answer: { status: 401, body: { error: "invalid_client" } }, waitsAtLeast: 60, waitsAtMost: 76 },
    ])("because of $name is tried again later, once for all, and nothing is lost (O-8)", async ({ answer, waitsAtLeast, waitsAtMost }) => {
      const rig = await rigOf();
      rig.server.rotation = "strict";
      const to = await rig.connect(grantAt(rig.server, { refreshToken: rig.server.signIn() }));
      const nodes = [await rig.node(), await rig.node()];
      rig.server.instead = () => answer;
      const before = await rig.opened(to.id);
      const answers = await Promise.all(nodes.flatMap((node) => Array.from({ length: 10 }, () => node.call(to))));
      for (const { status, said, retryAfter } of answers) {
        expect({ status, said }).toEqual({ status: 502, said: "token_unavailable" });
        expect(Number(retryAfter)).toBeGreaterThanOrEqual(waitsAtLeast - 1);
        expect(Number(retryAfter)).toBeLessThanOrEqual(waitsAtMost);
      }
      const asked = rig.server.asked.length;
      expect(asked).toBeLessThanOrEqual(2);
      for (const node of nodes) expect(await node.call(to, renewing)).toMatchObject({ status: 502 });
      expect(rig.server.asked).toHaveLength(asked);
      expect(await rig.opened(to.id)).toEqual(before);
      rig.server.instead = undefined;
      await rig.age((waitsAtMost + 1) * 1000);
      await heard(nodes);
      expect(await nodes[0]?.call(to)).toMatchObject({ status: 200, said: "good" });
      expect(await rig.stored(to.id)).toMatchObject({ reason: undefined, failures: 0, needsPerson: false });
      expect((await credentials.get(rig.control, rig.caller, to.id)).errors).toEqual([]);
    });
  });

  test("during an outage of an hour: at most one request a minute for each credential, none marked dead, all well within two minutes after (O-8)", {
    timeout: 300_000,
  }, async () => {
    const rig = await rigOf();
    const many = await Promise.all(
      Array.from({ length: trials({ change: 8, long: 250 }) }, (_, index) => rig.connect(clientAt(rig.server, `client-${index}`))),
    );
    const nodes = [await rig.node(), await rig.node()];
    const all = (node: Node) => Promise.all(many.map((to) => node.call(to)));
    rig.server.instead = () => ({ status: 503, body: "" });
    const minutes = 60;
    for (let minute = 0; minute < minutes; minute++) {
      for (const node of nodes) for (const { status } of await all(node)) expect(status).toBe(502);
      await rig.age(60_000);
      await heard(nodes);
    }
    expect(rig.server.asked.length).toBeLessThanOrEqual(minutes * many.length);
    rig.server.instead = undefined;
    await rig.age(76_000);
    await heard(nodes);
    for (const node of nodes) for (const { status } of await all(node)) expect(status).toBe(200);
    for (const { id } of many) expect(await rig.stored(id)).toMatchObject({ needsPerson: false, reason: undefined });
  });

  test("is not written by a renewal that an edit of its credential overtook", async () => {
    const rig = await rigOf();
    const to = await rig.connect(clientAt(rig.server));
    const node = await rig.node();
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.server.hold = () => promise;
    const call = node.call(to);
    await expect.poll(() => rig.server.asked.length).toBe(1);
    const current = await credentials.get(rig.control, rig.caller, to.id);
    const data = { ...clientAt(rig.server).data, clientSecret: "another" };
    await credentials.update(rig.control, rig.caller, to.id, { ...current, type: "oauth2-client", data });
    rig.server.hold = undefined;
    resolve();
    expect(await call).toMatchObject({ status: 200, said: "good" });
    expect(rig.server.asked.map(({ authorization }) => Buffer.from(authorization.slice(6), "base64").toString())).toEqual([
      "id:secret",
      "id:another",
    ]);
    expect(node.tokens.stats()).toEqual({ renewed: 1, failed: 0, discarded: 1 });
  });

  test.each([-300_000, 300_000])(
    "ends when it ends for a node whose clock is %i ms off, and is renewed once in its life (O-9)",
    async (offMs) => {
      const rig = await rigOf();
      rig.server.lifetimeSeconds = 600;
      const to = await rig.connect(clientAt(rig.server));
      const clock = { now: () => new Date(systemClock.now().getTime() + offMs) };
      const nodes = [await rig.node(), await rig.node({ clock })];
      for (let life = 1; life <= 3; life++) {
        for (const node of [...nodes, ...nodes.toReversed()]) expect(await node.call(to)).toMatchObject({ status: 200, said: "good" });
        expect(rig.server.asked).toHaveLength(life);
        // Still good by far, in which no clock may lead to a renewal; then past its end, in which none may lead to a call with it.
        await rig.age(300_000);
        await heard(nodes);
        for (const node of nodes) expect(await node.call(to)).toMatchObject({ said: "good" });
        expect(rig.server.asked).toHaveLength(life);
        await rig.age(295_000);
        await heard(nodes);
      }
      expect(rig.server.calls.stale).toBe(0);
    },
  );
});

/** Until each node has dropped what the last change announced. */
const heard = (nodes: readonly Node[]) => Promise.all(nodes.map((node) => node.caughtUp()));
