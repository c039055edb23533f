import { describe, expect, it } from "vitest";
import { apiKey, canary, rig, valuesOf } from "./rig.ts";

const variables = new Map([
  ["shop", "a/b c"],
  ["page", "2&x=1"],
]);

describe("placeholders in the path and query of a call", () => {
  it.each(["/{{env.shop}}/orders?page={{env.page}}", "/%7B%7B%20env.shop%20%7D%7D/orders?page=%7B%7B+env.page+%7D%7D"])(
    "%s reaches the outside system filled in, each value encoded for its place (I-2, I-3)",
    async (path) => {
      const { call, seen } = await rig({ snapshot: { variables, credentials: [apiKey("query", "key")] } });
      expect((await call(path)).status).toBe(200);
      expect(seen).toMatchObject([{ url: `/a%2Fb%20c/orders?page=2%26x%3D1&key=${canary}` }]);
    },
  );

  it("take Mooring-Variables first, and nothing in a value is filled in again (I-1)", async () => {
    const { call, seen } = await rig({ snapshot: { variables } });
    expect((await call("/{{env.shop}}", { headers: ["Mooring-Variables", "shop={{env.page}}"] })).status).toBe(200);
    expect(seen).toMatchObject([{ url: "/%7B%7Benv.page%7D%7D" }]);
  });

  it("may name a parameter that a credential sets, and then give way to it (S-6)", async () => {
    const { call, seen } = await rig({ snapshot: { credentials: [apiKey("query", "key")] } });
    expect((await call("/?{{env.name}}=mine", { headers: ["Mooring-Variables", "name=key"] })).status).toBe(200);
    expect(seen).toMatchObject([{ url: `/?key=${canary}` }]);
  });

  it.each([
    { name: "a value that is not there", path: "/{{env.missing}}", given: [] },
    { name: "a parameter, which only actions have", path: "/?a={{param.id}}", given: [] },
    { name: "a malformed placeholder", path: "/{{shop}}", given: [] },
    { name: "a value that climbs", path: "/{{env.up}}", given: ["Mooring-Variables", "up=.."] },
    { name: "an empty segment", path: "/{{env.none}}/x", given: ["Mooring-Variables", "none="] },
  ])("$name is 422, and nothing is sent (I-4)", async ({ path, given }) => {
    const { call, seen } = await rig({ snapshot: { credentials: [apiKey("header", "K")] } });
    const answer = await call(path, { headers: given });
    expect(answer).toMatchObject({ status: 422, error: { code: "template_unresolved" } });
    expect(seen).toEqual([]);
  });

  it("leave single braces alone, in the address and in the body", async () => {
    const bodies: string[] = [];
    const { call, seen } = await rig({
      upstream: (request, response) => {
        request.on("data", (data: Buffer) => bodies.push(data.toString())).on("end", () => response.end());
      },
    });
    await call('/{a}/%7Bb%7D?q={"a":{"b":1}}', { method: "POST", body: "{{ env.shop }}" });
    expect(seen).toMatchObject([{ url: '/{a}/%7Bb%7D?q={"a":{"b":1}}' }]);
    expect(bodies).toEqual(["{{ env.shop }}"]);
    expect(valuesOf(seen[0] ?? { rawHeaders: [] }, "content-length")).toEqual(["14"]);
  });
});
