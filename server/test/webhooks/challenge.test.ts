import { createHmac } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { canary } from "../harness/canary.ts";
import { newDefinition } from "../harness/content.ts";
import { createSubscription } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";
import { presetOf } from "../schemes/vendors.ts";
import { createRig, eventsOf, type Rig, sendEvent } from "./rig.ts";

const inBody = { in: "body", name: "/challenge" } as const;
const inQuery = { in: "query", name: "validationToken" } as const;
const json = { "content-type": "application/json" };
/** As Slack's page on the Events API shows it. */
const slacks = (challenge: unknown) => JSON.stringify({ token: "Jhj5dZrVaK7ZwHHjRyZWjbDl", challenge, type: "url_verification" });

onEachEngine("a sender that proves an address before it uses it", (world) => {
  let rig: Rig;
  beforeAll(async () => {
    const described = { strict: true, requestBody: { required: true, definitions: [{ definition: { name: "Callback" } }] } };
    rig = await createRig(world, {
      scheme: presetOf("slack").authSchemeConfig,
      definitions: [newDefinition("Callback", { type: "object", required: ["event"] })],
      triggers: [
        { name: "paid", challenge: inBody, responses: [{ status: 202, definitions: [] }] },
        { name: "strict", challenge: inBody, ...described },
        { name: "deep", challenge: { in: "body", name: "/a~1b/0/~0" } },
        { name: "asked", challenge: inQuery },
        { name: "got", method: "GET", challenge: inQuery },
        { name: "headed", method: "HEAD", challenge: inQuery },
        { name: "empty", method: "GET", challenge: inBody },
        { name: "none" },
      ],
    });
    await createSubscription(world, rig.connection);
  });
  const at = (name: string) => rig.path.replace(/paid$/, name);
  const signed = (body: string, secret = rig.secret, seconds = Math.floor(world.clock.now().getTime() / 1_000)) => ({
    "x-slack-request-timestamp": String(seconds),
    "x-slack-signature": `v0=${createHmac("sha256", secret).update(`v0:${seconds}:${body}`).digest("hex")}`,
  });
  const post = (body: string, { path = rig.path, headers = signed(body) }: { path?: string; headers?: Record<string, string> } = {}) =>
    world.raw(path, { method: "POST", body, headers: { ...json, ...headers } });
  const count = async () => (await eventsOf(world, rig)).length;
  const echoes = async () => {
    const { text } = await world.raw("/metrics");
    return Number(/^mooring_events_total\{outcome="challenge"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  /** What comes back is the text as it was, as nothing but a text, and nobody hears of it. */
  const isEchoed = async (ask: () => ReturnType<typeof post>, text: string) => {
    const [before, told] = [await count(), await echoes()];
    const { status, headers, text: answered } = await ask();
    expect([status, answered]).toEqual([200, text]);
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; sandbox;/);
    expect(headers.get("mooring-request-id")).toMatch(/^[0-9A-Z]{26}$/);
    expect([await count(), await echoes()]).toEqual([before, told + 1]);
  };
  const isKept = async (path: string, body: string, sent: { method?: string } = {}) => {
    const [before, told] = [await count(), await echoes()];
    const { status, text } = await sendEvent(world, path, { body, headers: { ...json, ...signed(body) }, ...sent });
    expect(status).toBe(path === rig.path ? 202 : 200);
    expect((await eventsOf(world, rig)).at(-1)).toMatchObject({ id: (JSON.parse(text) as { id: string }).id, origin: "verified" });
    expect([await count(), await echoes()]).toEqual([before + 1, told]);
  };

  test("is answered with its own challenge by the preset of Slack, whatever events are answered, and may ask again", async () => {
    const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
    await isEchoed(() => post(slacks(challenge)), challenge);
    await isEchoed(() => post(slacks(challenge)), challenge);
    await isKept(rig.path, JSON.stringify({ type: "event_callback", event: { type: "message", challenge } }));
  });

  test("is answered by a strict trigger too, that refuses events which look so", async () => {
    await isEchoed(() => post(slacks("c"), { path: at("strict") }), "c");
    const other = slacks("c\n");
    expect((await sendEvent(world, at("strict"), { body: other, headers: { ...json, ...signed(other) } })).status).toBe(400);
  });

  test.each([
    { how: "nothing signed", headers: () => ({}) },
    { how: "another secret", headers: (body: string) => signed(body, "another") },
    { how: "another body", headers: () => signed(slacks("b")) },
    { how: "long ago", headers: (body: string) => signed(body, rig.secret, Math.floor(world.clock.now().getTime() / 1_000) - 301) },
  ])("that is not who it says gets 401 and never an echo: $how (W-2)", async ({ headers }) => {
    const told = await echoes();
    for (const [path, body] of [
      [rig.path, slacks("kept-from-strangers")],
      [`${at("asked")}?validationToken=kept-from-strangers`, ""],
    ] as const) {
      const answer = await sendEvent(world, path, { body, headers: { ...json, ...headers(body) } });
      expect(answer.status).toBe(401);
      expect(JSON.stringify([answer.text, ...answer.headers])).not.toContain("kept-from-strangers");
      expect((await eventsOf(world, rig)).at(-1)).toMatchObject({ origin: "unverified" });
    }
    expect(await echoes()).toBe(told);
  });

  test.each([
    { what: "of one character", text: "0" },
    { what: "of 1,024", text: "🚢".repeat(1_024) },
    { what: "that a browser would run", text: `<script>alert("&'")</script> ` },
  ])("gets the text as it is: $what", async ({ text }) => isEchoed(() => post(slacks(text)), text));

  test.each<{ what: string; body: string }>([
    { what: "an empty text", body: slacks("") },
    { what: "1,025 characters", body: slacks("a".repeat(1_025)) },
    { what: "a line break", body: slacks("a\r\nSet-Cookie: b") },
    { what: "a NUL", body: slacks("\0") },
    { what: "a control character beyond ASCII", body: slacks("\u0085") },
    { what: "half a character", body: '{"challenge":"\\ud83d"}' },
    { what: "a number", body: slacks(1) },
    { what: "null", body: slacks(null) },
    { what: "a list", body: slacks(["a"]) },
    { what: "nothing there", body: '{"Challenge":"a","":{"challenge":"a"}}' },
    { what: "what every object has", body: '{"__proto__":{"challenge":"a"}}' },
    { what: "a text alone", body: '"challenge"' },
    { what: "no JSON", body: "challenge=a" },
    { what: "a list around it", body: `[${slacks("a")}]` },
    { what: "no body", body: "" },
    { what: "more than 16 KiB", body: `${slacks("a")}${" ".repeat(16 * 1_024)}` },
  ])("sends an event as usual with $what", async ({ body }) => isKept(rig.path, body));

  test("is looked for where the pointer leads, and nowhere when the trigger does not say so", async () => {
    await isEchoed(() => post('{"a/b":[{"~":"here"}],"challenge":"there"}', { path: at("deep") }), "here");
    await isKept(at("deep"), slacks("a"));
    await isKept(at("none"), slacks("b"));
  });

  test("is found in the query, decoded as forms are, in every method that a trigger may have", async () => {
    const path = `${at("asked")}?a=1&validationToken=Validation%3a+Testing+%26%C3%BC&b`;
    await isEchoed(() => post("", { path }), "Validation: Testing &ü");
    await isEchoed(() => post("{}", { path }), "Validation: Testing &ü");
    await isEchoed(() => world.raw(`${at("got")}?validationToken=a`, { headers: signed("") }), "a");
    await isEchoed(() => world.raw(`${at("headed")}?validationToken=a`, { method: "HEAD", headers: signed("") }), "");
    expect((await post("", { path: `${at("got")}?validationToken=a` })).status).toBe(405);
  });

  test.each([
    "",
    "?validationToken",
    "?validationToken=",
    "?validationtoken=a",
    "?validationToken=a&validation%54oken=a",
    "?validationToken=%00",
    "?validationToken=a%0ab",
    "?validationToken=%ff",
    `?validationToken=${"a".repeat(1_025)}`,
  ])("sends an event as usual to what ends in %j", async (query) => isKept(`${at("asked")}${query}`, slacks(query)));

  test("sends an event as usual where a challenge would be in the body, and there is none", async () => {
    const answer = await sendEvent(world, `${at("empty")}?challenge=a`, { method: "GET", headers: signed("") });
    expect(JSON.parse(answer.text)).toEqual({ id: (await eventsOf(world, rig)).at(-1)?.id });
  });

  test("never gets the key back by which it is known (V-7)", async () => {
    const value = canary("key", { lines: false }).replaceAll(/[^\x20-\x7e]/g, "");
    const keyed = await createRig(world, {
      trigger: [
        {
          authSchemeConfig: { schemeType: "api-key", in: "query", name: "validationToken" },
          credential: { name: "key", type: "string", data: { value } },
        },
      ],
      triggers: [{ challenge: inQuery }],
    });
    const answer = await sendEvent(world, `${keyed.path}?validationToken=${encodeURIComponent(value)}`, {});
    expect(answer.status).toBe(200);
    expect(await eventsOf(world, keyed)).toMatchObject([{ origin: "verified", target: `${keyed.path}?validationToken=********` }]);
  });
});
