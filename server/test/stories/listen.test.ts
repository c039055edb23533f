import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listen } from "../../../listen/listen.ts";
import { readOptions } from "../../../listen/options.ts";
import { createPaper } from "../../../listen/paper.ts";
import type { Actor } from "../harness/actors.ts";
import type { Client } from "../harness/client.ts";
import { newTrigger } from "../harness/content.ts";
import { engines, type Place } from "../harness/engines.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../harness/process.ts";
import { at, noneScheme, smallConnection } from "../harness/samples.ts";
import { type Listener, startListening, startTarget } from "./listener.ts";

describe("listening from a terminal", () => {
  let place: Place;
  let home: ReturnType<typeof homeOn>;
  let mooring: MooringProcess;
  let actor: Actor;
  let params: { connection_id: string };
  const client = (): Client => clientOf(mooring);

  beforeAll(async () => {
    place = await at(engines, 0).prepare();
    home = homeOn(place);
    mooring = await startProcess(home.settings);
    actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    const open = { authSchemeConfig: noneScheme, credential: { name: "nothing", type: "none" as const, data: {} } };
    const environments = [{ name: "dev", variables: [], credentials: { trigger: [open] } }];
    const { body } = await client().must(actor, "CreateHTTPConnection", { body: smallConnection({ name: "Shop", environments }) });
    params = { connection_id: body.id };
    await client().must(actor, "CreateTrigger", { params: { ...params, version: "1" }, body: newTrigger({ name: "paid" }) });
    await client().must(actor, "PublishConnection", { params: { ...params, version: "1" } });
  });
  afterAll(async () => {
    await mooring?.kill("SIGKILL");
    await place?.remove();
  });

  const listening = async (...args: string[]): Promise<Listener> => {
    const listener = startListening(["--url", mooring.url.origin, "--connection", "Shop", ...args], { MOORING_API_KEY: home.apiKey });
    await listener.says("Listening to");
    return listener;
  };
  const send = async (body: string | Uint8Array, headers: Readonly<Record<string, string>> = { "content-type": "application/json" }) => {
    const path = `/o/${home.organisation}/connections/${params.connection_id}/environments/dev/triggers/paid?page=2`;
    const { status } = await client().raw(path, { method: "POST", body: body as string, headers });
    expect(status).toBe(202);
  };
  const subscriptions = async () =>
    (await client().must(actor, "ListSubscriptions", { params })).body.subscriptions.map(({ name }) => name);

  test("prints each event, forwards it as it came, and leaves nothing behind", async () => {
    const target = await startTarget();
    const key = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const listener = await listening("--environment", "dev", "--trigger", "paid", "--to", target.url, "--key", key);
    expect(await subscriptions()).toEqual([expect.stringContaining(`pid ${listener.pid}`)]);
    const body = '{ "order":7,\n "odd":   "spacing" }';
    await send(body, { "content-type": "application/json", "x-github-event": "push", cookie: "a=b" });
    await listener.says("-> 200");
    expect(listener.written()).toMatch(
      /\d\d:\d\d:\d\d\.\d{3} {2}paid {2}[0-9A-Z]{26} {2}\d+ bytes {2}application\/json\n {14}\{ "order":7,\n/,
    );
    const [{ headers, body: got } = at(target.got, 0)] = target.got;
    expect(got.toString()).toBe(body);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-github-event": "push",
      "mooring-event-type": "trigger",
      "mooring-connection": params.connection_id,
      "mooring-trigger": "paid",
      "mooring-attempt": "1",
    });
    expect(headers).not.toHaveProperty("cookie");
    expect(() => new Webhook(key).verify(got, headers as Record<string, string>)).not.toThrow();

    target.answers(500);
    await send(Buffer.from([0xff, 0x00, 0x80]), { "content-type": "application/octet-stream" });
    await listener.says("-> 500");
    expect(target.got[1]?.body).toEqual(Buffer.from([0xff, 0x00, 0x80]));
    expect(listener.written()).toContain("(3 bytes that are no text)");

    // What would empty the screen of a terminal.
    await send("\u001b[2Jgone", { "content-type": "text/plain" });
    await listener.says("[2Jgone");
    expect(listener.written()).not.toContain("\u001b");

    expect(await listener.end("SIGINT")).toBe(0);
    expect(listener.written()).toContain(`3 events came, 1 of them taken by ${target.url}.`);
    expect(await subscriptions()).toEqual([]);
    await target.close();
  });

  test("goes on where it was when the target or Mooring is away for a while", async () => {
    const first = await startTarget();
    const listener = await listening("--to", first.url);
    await first.close();
    await send('{"n":1}');
    await listener.says("again in");
    const second = await startTarget(Number(new URL(first.url).port));
    await listener.says("-> 200");

    await mooring.kill("SIGKILL");
    await listener.says("Trying again until it does.");
    mooring = await startProcess({ ...home.settings, MOORING_PORT: mooring.url.port });
    await send('{"n":2}');
    await listener.says("Mooring is back.");
    await listener.says('{"n":2}');
    expect(await listener.end("SIGTERM")).toBe(0);
    expect(second.got.map(({ body }) => body.toString())).toEqual(['{"n":1}', '{"n":2}']);
    await second.close();
  });

  test("begins with what is kept when asked to, and hears of what happens in Mooring", async () => {
    await send('{"n":"before"}');
    const listener = await listening("--after", "beginning", "--own", "version.created");
    await client().must(actor, "CreateConnectionVersion", { params, body: { name: "next" } });
    await listener.says("version.created");
    expect(listener.written()).toContain('{"n":"before"}');
    expect(await listener.end("SIGINT")).toBe(0);
  });

  test("takes away what one that was killed has left, and leaves that of one that still listens", async () => {
    const [killed, other] = [await listening(), await listening()];
    await killed.end("SIGKILL");
    const third = await listening();
    expect((await subscriptions()).toSorted()).toEqual(
      [other, third].map(({ pid }) => expect.stringMatching(new RegExp(`pid ${pid}$`))).toSorted(),
    );
    await Promise.all([other.end("SIGINT"), third.end("SIGINT")]);
  });

  describe("says what is wrong", () => {
    const wrong = (args: readonly string[], env: Readonly<Record<string, string>>) => {
      const options = readOptions(["--url", mooring.url.origin, ...args], { MOORING_API_KEY: home.apiKey, ...env });
      if (options === "help") throw new Error("Nobody asked for help.");
      return listen(options, createPaper(process.stdout), AbortSignal.timeout(50_000));
    };

    test.each([
      { name: "no connection", args: [], says: "Say which connection" },
      { name: "an unknown option", args: ["--conection", "Shop"], says: "Unknown option '--conection'" },
      { name: "no key", args: ["--connection", "Shop"], env: { MOORING_API_KEY: "" }, says: "Set MOORING_API_KEY" },
      { name: "a key that is none", args: ["--connection", "Shop"], env: { MOORING_API_KEY: "x" }, says: "is not one of this Mooring's" },
      { name: "an unknown connection", args: ["--connection", "Shops"], says: "There is no connection Shops" },
      { name: "an unknown environment", args: ["--connection", "Shop", "--environment", "x"], says: "environment: The connection has no" },
      { name: "an address that is none", args: ["--connection", "Shop", "--to", "3000"], says: "--to is an address" },
      { name: "a key that signs nothing", args: ["--connection", "Shop", "--key", "secret"], says: "--key is whsec_" },
      {
        name: "no Mooring there",
        args: ["--connection", "Shop", "--url", "http://127.0.0.1:1"],
        says: "does not answer at http://127.0.0.1:1",
      },
    ])("$name", async ({ args, env = {}, says }) => {
      await expect((async () => wrong(args, env))()).rejects.toThrow(says);
    });

    test("a key that may not", async () => {
      const { body } = await client().must(actor, "CreateApiKey", { body: { name: "reads", scopes: ["connections:read"] } });
      const env = { MOORING_API_KEY: body.key };
      await expect(wrong(["--connection", "Shop"], env)).rejects.toThrow("It needs connections:read, connections:write and events:read");
    });

    test("and ends with 1 and that sentence alone", async () => {
      const listener = startListening(["--connection", "Shop", "--after", "noon"]);
      expect(await listener.ended).toBe(1);
      expect(listener.written()).toBe("--after is now or beginning.\n");
    });

    test("and where to say where Mooring is, when it is not there", async () => {
      const listener = startListening(["--connection", "Shop", "--url", "http://127.0.0.1:1"], { MOORING_API_KEY: home.apiKey });
      expect(await listener.ended).toBe(1);
      expect(listener.written()).toMatch(/^Mooring does not answer at http:\/\/127\.0\.0\.1:1 .+--url says\.\n$/);
    });
  });
});
