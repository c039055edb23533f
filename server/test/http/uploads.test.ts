import { request as httpRequest } from "node:http";
import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { createUploadRetention } from "../../src/control/upload-retention.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import type { Actor } from "../harness/actors.ts";
import { importForm, smallApi } from "../harness/forms.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { onEachEngine } from "../harness/world.ts";

const api = Buffer.from(JSON.stringify(smallApi()));
const type = "application/json";
const hour = 3_600_000;

onEachEngine("a file that is uploaded to be imported", (world) => {
  beforeEach(async () => {
    // Of the test before nothing waits any more.
    const { org } = await world.as("key");
    await world.mooring.db.write(org as OrganisationId, (tx) => tx.run(sql`delete from uploads where org_id = ${org}`));
  });

  /** Asks for an address for this file. */
  async function ask(file: Uint8Array = api, actor?: Actor, content_type = type) {
    const query = { filename: "api.json", content_type, content_length: file.length };
    const { body } = await world.must(actor ?? (await world.as("key")), "GetProtocolUploadURL", {
      params: { protocol_slug: "http" },
      query,
    });
    world.shownOnce.push(body.uploadUrl.split("/").at(-1) ?? "");
    return body;
  }

  const put = (address: string, body: BodyInit = api, headers: Record<string, string> = { "content-type": type }) =>
    world.raw(address, { method: "PUT", body, headers });
  const importFrom = async (url: string, actor?: Actor) =>
    world.send(actor ?? (await world.as("key")), "ImportHTTPConnection", importForm(undefined, { format: "openapi", url }));
  const codeOf = ({ text }: { text: string }) => (JSON.parse(text) as { code: string }).code;

  /** How many files and pieces of files are there. */
  async function waiting(): Promise<number> {
    const { org } = await world.as("key");
    const rows = await world.mooring.db.read(org as OrganisationId, (tx) =>
      tx.all(sql`select id from uploads where org_id = ${org} union all select upload_id from upload_pieces where org_id = ${org}`),
    );
    return rows.length;
  }

  async function states(): Promise<string[]> {
    const { org } = await world.as("key");
    const rows = await world.mooring.db.read(org as OrganisationId, (tx) =>
      tx.all(sql<{ state: string }>`select state from uploads where org_id = ${org}`),
    );
    return rows.map(({ state }) => state);
  }

  test("has no address for a key that could not import it, and takes no place from others (T-2)", async () => {
    const { environments } = await createConnection(world, smallConnection());
    const limited = await world.keyWith({ scopes: ["connections:write"], environments: environments.map(({ id }) => id) });
    const query = { filename: "api.json", content_type: type, content_length: api.length };
    const answer = await world.send(limited, "GetProtocolUploadURL", { params: { protocol_slug: "http" }, query });
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(await waiting()).toBe(0);
  });

  test("is taken without a key, imported once, and then gone", async () => {
    const { uploadUrl, url } = await ask();
    expect((await put(uploadUrl)).status).toBe(204);
    const first = await importFrom(url);
    expect(first.status, first.text).toBe(201);
    expect(first.body.actions).toHaveLength(1);
    expect(await waiting()).toBe(0);
    const second = await importFrom(url);
    expect([second.status, fieldsOf(second)]).toEqual([400, ["metadata.url"]]);
  });

  test("arrives as it was sent, also in many pieces", async () => {
    const large = Buffer.from(JSON.stringify(smallApi({ "x-padding": Array.from({ length: 150_000 }, (_, index) => index) })));
    expect(large.length).toBeGreaterThan(900_000);
    const { uploadUrl, url } = await ask(large);
    expect((await put(uploadUrl, large)).status).toBe(204);
    const { status, text } = await importFrom(url);
    expect(status, text.slice(0, 500)).toBe(201);
  });

  test("stays when its import is refused, for the next try", async () => {
    const { uploadUrl, url } = await ask();
    await put(uploadUrl);
    const key = await world.as("key");
    const wrong = await world.send(key, "ImportHTTPConnection", importForm(undefined, { format: "openapi", url, version: "latest" }));
    expect(fieldsOf(wrong)).toEqual(["metadata.version"]);
    expect((await importFrom(url)).status).toBe(201);
  });

  test("is imported once when two import it at the same time", async () => {
    const { uploadUrl, url } = await ask();
    await put(uploadUrl);
    const answers = await Promise.all(Array.from({ length: 4 }, () => importFrom(url)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400]);
  });

  test("is taken once when several send it at the same time, and not again afterwards", async () => {
    const { uploadUrl, url } = await ask();
    const answers = await Promise.all(Array.from({ length: 8 }, () => put(uploadUrl)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array.from({ length: 7 }, () => 404)]);
    expect((await put(uploadUrl)).status).toBe(404);
    expect((await importFrom(url)).status).toBe(201);
    expect((await put(uploadUrl)).status).toBe(404);
  });

  describe("is refused, and its address not used up,", () => {
    test.each([
      ["of another type", { "content-type": "text/plain" }, api, 415, "unsupported_media_type"],
      ["without a type", { "content-type": "" }, api, 415, "unsupported_media_type"],
      ["when it is longer", { "content-type": type }, Buffer.concat([api, api]), 413, "too_large"],
      ["when it is shorter", { "content-type": type }, api.subarray(1), 400, "invalid_request"],
      ["when it is empty", { "content-type": type }, Buffer.alloc(0), 400, "invalid_request"],
    ])("%s", async (_what, headers, body, status, code) => {
      const { uploadUrl } = await ask();
      const refused = await put(uploadUrl, body, headers);
      expect([refused.status, codeOf(refused)], refused.text).toEqual([status, code]);
      expect((await put(uploadUrl)).status).toBe(204);
    });

    test("without its length", async () => {
      const { uploadUrl } = await ask();
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(api);
          controller.close();
        },
      });
      const refused = await world.raw(uploadUrl, { method: "PUT", body, headers: { "content-type": type }, duplex: "half" } as RequestInit);
      expect(refused.status).toBe(400);
      expect((await put(uploadUrl)).status).toBe(204);
    });

    test("when it is cut off", async () => {
      const { uploadUrl, url } = await ask();
      const sent = httpRequest(uploadUrl, { method: "PUT", headers: { "content-type": type, "content-length": api.length } });
      sent.on("error", () => {});
      await new Promise((resolve) => sent.write(api.subarray(0, 20), resolve));
      await expect.poll(states).toEqual(["receiving"]);
      expect((await put(uploadUrl)).status).toBe(404);
      sent.destroy();
      await expect.poll(states).toEqual(["asked"]);
      expect((await put(uploadUrl)).status).toBe(204);
      expect((await importFrom(url)).status).toBe(201);
    });
  });

  test("may be announced in any spelling of its type", async () => {
    const { uploadUrl } = await ask(api, undefined, "Application/JSON; charset=utf-8");
    expect((await put(uploadUrl, api, { "content-type": "application/json;charset=UTF-8" })).status).toBe(204);
  });

  test("is not taken at an address that nobody was given", async () => {
    const { uploadUrl, url } = await ask();
    const { org } = await world.as("key");
    const stranger = await world.as("stranger");
    const token = uploadUrl.split("/").at(-1);
    const addresses = [
      url,
      `/uploads/${org}/${"x".repeat(43)}`,
      `/uploads/${stranger.org}/${token}`,
      `/uploads/${org}/${token}x`,
      `/uploads/x/${token}`,
    ];
    for (const address of addresses) {
      const { status, text } = await put(address);
      expect([status, codeOf({ text })], address).toEqual([404, "not_found"]);
    }
    expect((await world.raw(uploadUrl, { method: "GET" })).status).toBe(404);
    const preflight = await world.raw(uploadUrl, {
      method: "OPTIONS",
      headers: { origin: "https://elsewhere.example.com", "access-control-request-method": "PUT" },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([404, null]);
  });

  test("is its organisation's alone", async () => {
    const { uploadUrl, url } = await ask();
    await put(uploadUrl);
    const [foreign, unknown] = [
      await importFrom(url, await world.as("strangerKey")),
      await importFrom(`${url.slice(0, -26)}${world.newId()}`),
    ];
    expect([foreign.status, foreign.text]).toEqual([400, unknown.text]);
    for (const other of [`${url}?x`, url.toLowerCase(), url.replace("http:", "https:"), "https://example.com/api.json", uploadUrl])
      expect((await importFrom(other)).text).toBe(unknown.text);
    expect((await importFrom(url)).status).toBe(201);
  });

  test("is waited for for 5 minutes, and kept for an hour", async () => {
    const [late, imported, kept] = [await ask(), await ask(), await ask()];
    await put(imported.uploadUrl);
    await put(kept.uploadUrl);
    world.clock.advance(5 * 60_000);
    expect((await put(late.uploadUrl)).status).toBe(404);
    world.clock.advance(hour - 6 * 60_000);
    expect((await importFrom(imported.url)).status).toBe(201);
    world.clock.advance(60_000);
    expect(fieldsOf(await importFrom(kept.url))).toEqual(["metadata.url"]);
    // Whoever asks next clears away what is over.
    await ask();
    expect(await waiting()).toBe(1);
  });

  test("is cleared away when nobody of its organisation comes back", async () => {
    const { uploadUrl } = await ask();
    await put(uploadUrl);
    const retention = createUploadRetention({ db: world.mooring.db, clock: world.clock, log: createLog("silent") });
    await retention.sweep();
    expect(await waiting()).toBe(2);
    world.clock.advance(2 * hour);
    await retention.sweep();
    await retention.close();
    expect(await waiting()).toBe(0);
  });

  test("is one of a bounded number, and of a bounded size together", async () => {
    const key = await world.as("key");
    const params = { protocol_slug: "http" };
    const of = (content_length: number) => ({ params, query: { filename: "a", content_type: type, content_length } });
    const send = async (content_length: number) => {
      const answer = await world.send(key, "GetProtocolUploadURL", of(content_length));
      if (answer.status === 200) world.shownOnce.push(answer.body.uploadUrl.split("/").at(-1) ?? "");
      return [answer.status, answer.headers.get("retry-after") !== null];
    };
    const most = 33_554_432;
    for (const _ of [1, 2, 3]) expect(await send(most)).toEqual([200, false]);
    expect(await send(most - 28)).toEqual([200, false]);
    for (let left = 28; left > 0; left--) expect(await send(1)).toEqual([200, false]);
    expect(await send(1)).toEqual([429, true]);
    const stranger = await world.as("strangerKey");
    expect((await ask(api, stranger)).url).toContain(stranger.org);
  });

  test.each([
    ["of a protocol that nobody speaks", "smtp", {}, 404, undefined],
    ["of a protocol that has no files", "bigquery", {}, 400, ["protocol_slug"]],
    ["of a type that is no API's", "http", { content_type: "text/html" }, 400, ["content_type"]],
    ["of no type at all", "http", { content_type: "json" }, 400, ["content_type"]],
    ["that is too large", "http", { content_length: 33_554_433 }, 400, ["content_length"]],
    ["of OpenAPI's own type", "http", { content_type: "application/vnd.oai.openapi+json;version=3.1" }, 200, undefined],
    ["of YAML", "http", { content_type: "application/yaml" }, 200, undefined],
  ])("%s: %s %o is %d", async (_what, protocol_slug, changes, status, fields) => {
    const query = { filename: "api", content_type: type, content_length: 1, ...changes };
    const answer = await world.send(await world.as("key"), "GetProtocolUploadURL", { params: { protocol_slug }, query });
    expect(answer.status, answer.text).toBe(status);
    if (fields) expect(fieldsOf(answer)).toEqual(fields);
    if (status === 200) world.shownOnce.push(answer.body.uploadUrl.split("/").at(-1) ?? "");
  });
});
