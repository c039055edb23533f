import { describe, expect, it } from "vitest";
import { createFetch } from "../../src/net/fetch.ts";
import { openNet, startApi } from "./outside.ts";

const limits = { org: "one", timeoutMs: 10_000, bodyBytesMax: 64 * 1024 };

describe("a fetch through the door out", () => {
  it("carries method, query, headers and form out, and the answer back", async () => {
    const api = await startApi((request, response) => void request.pipe(response.writeHead(201, { "x-one": "two" })));
    const fetch = createFetch(openNet(), limits);
    const body = new URLSearchParams({ a: "b c" });
    const answer = await fetch(`${api.origin}/path?x=%20#part`, { method: "POST", headers: { "x-key": "value" }, body });
    expect([answer.status, answer.headers.get("x-one"), await answer.text()]).toEqual([201, "two", "a=b+c"]);
    expect(api.seen[0]).toMatchObject({ method: "POST", url: "/path?x=%20", headers: { "x-key": "value", "accept-encoding": "identity" } });
  });

  it("follows no redirect (S-4)", async () => {
    const api = await startApi((_request, response) => response.writeHead(302, { location: "/elsewhere" }).end());
    const answer = await createFetch(openNet(), limits)(api.origin, { method: "GET", headers: {} });
    expect([answer.status, api.seen.length]).toEqual([302, 1]);
  });

  it("goes only where the egress policy lets it (S-1)", async () => {
    const api = await startApi((_request, response) => response.end());
    const fetch = createFetch(openNet({ rules: [] }), limits);
    await expect(fetch(api.origin, { method: "GET", headers: {} })).rejects.toMatchObject({ code: "egress_denied" });
    expect(api.seen).toEqual([]);
  });

  it.each([
    ["larger than the bound", { "content-type": "text/plain" }, "a".repeat(70_000)],
    ["compressed", { "content-encoding": "gzip" }, "a"],
  ])("gives up an answer that is %s, and cuts the connection (S-9)", async (_what, headers, body) => {
    const api = await startApi((_request, response) => response.writeHead(200, headers).end(body));
    const failure = createFetch(openNet(), limits)(api.origin, { method: "GET", headers: {} });
    await expect(failure).rejects.toMatchObject({ code: "upstream_unreachable" });
  });

  it("takes its time only once, however many requests it makes", async () => {
    const api = await startApi(() => {});
    const fetch = createFetch(openNet({ deadlines: { totalMs: 5_000 } }), { ...limits, timeoutMs: 1 });
    for (const _ of [1, 2]) {
      await expect(fetch(api.origin, { method: "GET", headers: {} })).rejects.toMatchObject({ code: "upstream_timeout" });
    }
  });
});
