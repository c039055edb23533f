import { createHmac } from "node:crypto";
import { request } from "node:http";
import type { AuthSchemeConfigInput } from "@mooring/contract";
import { beforeAll, expect, test } from "vitest";
import { canary } from "../harness/canary.ts";
import { openLine } from "../harness/line.ts";
import { apiKeyScheme, at, basicAuthScheme, createSubscription, credentialOf, hmacScheme, noneScheme } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, type RigOptions, sendEvent, signed } from "./rig.ts";

type Checks = NonNullable<RigOptions["trigger"]>;

onEachEngine("events that come in", (world) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig(world);
  });
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}, path = rig.path) =>
    sendEvent(world, path, { body, headers });
  const newest = async (of: Rig = rig) => (await eventsOf(world, of)).at(-1);

  test.each([
    {
      name: "with a BOM, repeated keys, a NUL and no UTF-8",
      bytes: Buffer.concat([Buffer.from('\ufeff{ "a" : 1, "a":2}\r\n'), Buffer.from([0xff, 0, 0xc3])]),
    },
    { name: "empty", bytes: Buffer.alloc(0) },
    { name: "of one MiB", bytes: Buffer.alloc(1024 * 1024, "ab\0\xff", "latin1") },
    { name: "that look like an array of PostgreSQL", bytes: Buffer.from('{"\\\\x00",NULL,"}') },
  ])("are verified over and kept as the bytes that came: $name (W-1)", async ({ bytes }) => {
    const answer = await post(bytes, {
      ...signed(rig.secret, bytes),
      "content-type": 'application/x-odd; a="{,\\\\"',
      "x-seen": "Ünïcode".normalize("NFC"),
    });
    expect(answer).toMatchObject({ status: 200 });
    const event = await newest();
    expect(JSON.parse(answer.text)).toEqual({ id: event?.id });
    expect(Buffer.compare(Buffer.from(event?.body ?? []), bytes)).toBe(0);
    expect(event).toMatchObject({ origin: "verified", method: "POST", target: rig.path, fits: null, faults: null, sealed: null });
    expect(event?.content_type).toBe('application/x-odd; a="{,\\\\"');
    const headers = JSON.parse(event?.headers ?? "[]") as string[];
    expect(headers[headers.indexOf("x-seen") + 1]).toBe("Ünïcode");
    expect(answer.headers.get("mooring-request-id")).toMatch(/^[0-9A-Z]{26}$/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("are taken by the environment's name, with a query that the signature does not cover, and of a draft when it is named", async () => {
    const byName = rig.path.replace(rig.environment, "dev");
    expect((await post("n", signed(rig.secret, "n"), `${byName}?x=%20&y`)).status).toBe(200);
    expect((await newest())?.target).toBe(`${byName}?x=%20&y`);
    const key = await world.as("key");
    const params = { connection_id: rig.connection };
    await world.must(key, "CreateConnectionVersion", { params, body: { name: "next", fromVersion: "1" } });
    const draft = { ...params, version: "next", trigger_name: "paid" };
    const { body: trigger } = await world.must(key, "GetTrigger", { params: draft });
    await world.must(key, "UpdateTrigger", { params: draft, body: { ...trigger, method: "PUT" } });
    expect((await post("d", signed(rig.secret, "d"), `${rig.path}?version=next`)).status).toBe(405);
    const put = { method: "PUT", body: "d", headers: signed(rig.secret, "d") };
    expect((await sendEvent(world, `${rig.path}?version=next`, put)).status).toBe(200);
    expect((await sendEvent(world, rig.path, put)).status).toBe(405);
    expect((await sendEvent(world, `${rig.path}?version=gone`, put)).status).toBe(404);
  });

  test.each<{ scheme: string; trigger: Checks; headers: (secret: string) => Record<string, string> }>([
    {
      scheme: "none",
      trigger: [{ authSchemeConfig: noneScheme, credential: { name: "open", type: "none" as const, data: {} } }],
      headers: () => ({}),
    },
    {
      scheme: "api-key",
      trigger: [
        {
          authSchemeConfig: apiKeyScheme,
          credential: {
            name: "k",
            type: "string" as const,
            data: { value: canary("k", { lines: false }).replaceAll(/[^\x20-\x7e]/g, "") },
          },
        },
      ],
      headers: (secret: string) => ({ "x-api-key": secret }),
    },
    {
      scheme: "basic-auth",
      trigger: [{ authSchemeConfig: basicAuthScheme, credential: credentialOf["basic-auth"]() }],
      headers: (secret: string) => ({ authorization: `Basic ${Buffer.from(`sam:${secret}`).toString("base64")}` }),
    },
  ])("pass by $scheme, and what proves it is kept as a mask", async ({ trigger, headers }) => {
    const data = (at(trigger, 0).credential as { readonly data?: unknown }).data as { value?: string; password?: string };
    const secret = data.value ?? data.password ?? "";
    const open = await createRig(world, { trigger });
    const answer = await post("{}", headers(secret), open.path);
    expect(answer).toMatchObject({ status: 200 });
    if (secret === "") return;
    const wrong = await post("{}", headers(`${secret}x`), open.path);
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toBeTruthy();
    expect(wrong.headers.get("www-authenticate")?.startsWith("Basic")).toBe(
      trigger.some((one) => one.authSchemeConfig.schemeType === "basic-auth"),
    );
  });

  test("pass by a signature over the address as outside systems know it, byte for byte", async () => {
    const url = await createRig(world, { scheme: { ...hmacScheme, digestInputs: ["url", "body"] } as AuthSchemeConfigInput });
    const path = `${url.path}?a=%2f&b`;
    const over = (address: string) => ({ "x-signature": createHmac("sha256", url.secret).update(`${address}{}`).digest("hex") });
    expect((await post("{}", over(new URL(path, world.mooring.origin).href), path)).status).toBe(200);
    expect((await post("{}", over(path), path)).status).toBe(401);
  });

  test("are answered with the trigger's own status, without a body where it has none", async () => {
    const rigs = await createRig(world, {
      triggers: [
        {
          name: "empty",
          responses: [
            { status: 400, definitions: [] },
            { status: 204, definitions: [] },
          ],
        },
        { name: "reset", responses: [{ status: 205, definitions: [] }] },
        { name: "accepted", responses: [{ definitions: [] }, { status: 202, definitions: [] }, { status: 201, definitions: [] }] },
        { name: "got", method: "GET" },
        { name: "headed", method: "HEAD" },
      ],
    });
    const at = (name: string) => rigs.path.replace(/paid$/, name);
    for (const [name, status] of [
      ["empty", 204],
      ["reset", 205],
      ["accepted", 201],
    ] as const) {
      const answer = await post(name, signed(rigs.secret, name), at(name));
      expect(answer.status).toBe(status);
      if (status !== 201) expect(answer.text).toBe("");
    }
    for (const method of ["GET", "HEAD"]) {
      const path = at(method === "GET" ? "got" : "headed");
      const answer = await sendEvent(world, path, { method, headers: signed(rigs.secret, "") });
      expect(answer.status).toBe(200);
      expect(answer.text === "").toBe(method === "HEAD");
    }
    expect(await eventsOf(world, rigs)).toHaveLength(5);
  });

  test("go to who asked for them, in the same transaction", async () => {
    await createSubscription(world, rig.connection);
    expect((await post("go", signed(rig.secret, "go"))).status).toBe(200);
  });

  test("leave their connection open, whatever they were answered", async () => {
    const line = openLine(world.mooring.origin, {});
    const ask = async (path: string, body: unknown, headers = {}) => (await line.ask("POST", path, { body, headers })).status;
    const good = signed(rig.secret, '"k"');
    expect(await ask(rig.path, "k", good)).toBe(200);
    expect(await ask(rig.path, "k", signed("wrong", '"k"'))).toBe(401);
    expect(await ask(`${rig.path}x`, "k", good)).toBe(404);
    expect(await ask(rig.path, "k", good)).toBe(200);
    const { headers } = await line.ask("POST", rig.path, { body: "k", headers: good });
    expect(headers.connection).toBe("keep-alive");
    line.close();
  });

  test("of another organisation, or of nothing at all, are all answered alike and write nothing (W-7)", async () => {
    const foreign = await createRig(world, { actor: await world.as("strangerKey") });
    const before = (await eventsOf(world, rig)).length;
    const [, , org = "", , connection = ""] = rig.path.split("/");
    const paths = [
      rig.path.replace(org, foreign.org),
      rig.path.replace(connection, foreign.connection),
      rig.path.replace(rig.environment, foreign.environment),
      `${rig.path}s`,
      rig.path.replace(connection, connection.toLowerCase()),
      rig.path.replace(connection, "x"),
      rig.path.replace(rig.environment, "a%00b"),
      rig.path.replace("paid", "%"),
      rig.path.replace("paid", "constructor"),
      `/t/${"A".repeat(32)}`,
      "/t/x",
      "/t/__proto__",
    ];
    const answers = await Promise.all(paths.map((path) => post("{}", signed(rig.secret, "{}"), path)));
    for (const [index, answer] of answers.entries()) {
      expect(answer, paths[index]).toMatchObject({ status: 404 });
      expect(answer.text).toBe(answers[0]?.text);
    }
    expect(await eventsOf(world, rig)).toHaveLength(before);
    expect(await eventsOf(world, foreign)).toEqual([]);
  });

  test("that could be read in two ways are refused, and nothing behind them is acted on", async () => {
    const { hostname, port } = world.mooring.origin;
    const status = await new Promise<number>((resolve, reject) => {
      const asking = request(
        { hostname, port, path: rig.path, method: "POST", headers: ["Host", "a", "Host", "b", "Content-Length", "0"] as never },
        (answer) => {
          expect(answer.headers.connection).toBe("close");
          resolve(answer.statusCode ?? 0);
          answer.resume();
        },
      );
      asking.on("error", reject).end();
    });
    expect(status).toBe(400);
  });

  test("are signed by either of two secrets while one takes the other's place, and none that is genuine is refused (W-7)", async () => {
    const turning = await createRig(world);
    const key = await world.as("key");
    const next = canary("next");
    let sent = 0;
    let isRotated = false;
    const sender = async (secret: () => string) => {
      for (let round = 0; round < 12; round += 1) {
        const body = `${sent++}`;
        const answer = await post(body, { "x-signature": createHmac("sha256", secret()).update(body).digest("hex") }, turning.path);
        expect(answer.status, answer.text).toBe(200);
      }
    };
    const old = () => turning.secret;
    const load = Promise.allSettled([sender(old), sender(old), sender(() => (isRotated ? next : turning.secret))]);
    const params = { credential_id: turning.credential ?? "" };
    const { body: credential } = await world.must(key, "GetCredential", { params });
    await world.must(key, "UpdateCredential", {
      params,
      body: { ...credential, data: { value: next }, previousValidSeconds: 3600 },
    });
    isRotated = true;
    const ended = await load;
    expect(ended.filter(({ status }) => status === "rejected")).toEqual([]);
    expect((await eventsOf(world, turning)).every(({ origin }) => origin === "verified")).toBe(true);
  });
});
