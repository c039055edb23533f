import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engines } from "../harness/engines.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { grantAt, tokenRig } from "./token-rig.ts";

const odd = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.constant(""),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.array(fc.string()),
  fc.object(),
);
const lifetimes = fc.oneof(odd, fc.constantFrom(0, -1, 1, 3600, "3600", "soon", 1e12, 1e300, "1e9", -3600));
const text = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);

const bodies = fc.oneof(
  fc.record(
    {
      access_token: fc.oneof(text, odd),
      token_type: fc.oneof(fc.constant("Bearer"), odd),
      expires_in: lifetimes,
      refresh_token: fc.oneof(text, odd),
      scope: odd,
    },
    { requiredKeys: [] },
  ),
  fc.record({
    error: fc.oneof(fc.constantFrom("server_error", "invalid_client", "invalid_scope", "temporarily_unavailable"), odd),
    error_description: odd,
  }),
  fc.string(),
  fc.json(),
);
const statuses = fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503);

// The answers are the same for both engines: what is tried out is what is made of them.
describe.each(engines.filter(({ name }) => name === "sqlite"))("whatever a token endpoint answers, on $name", ({ prepare }) => {
  test("the gateway answers, the refresh token is the old one or the one that came, and the next good answer is taken (O-9)", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const rig = await tokenRig(await prepare());
    const to = await rig.connect(grantAt(rig.server, { refreshToken: "first" }));
    const node = await rig.node();
    await fc.assert(
      fc.asyncProperty(statuses, bodies, async (status, body) => {
        const before = await rig.opened(to.id);
        rig.server.instead = () => ({ status, body: status === 204 ? "" : body });
        const { status: answered } = await node.call(to, { "mooring-refresh-credential": "true" });
        expect([200, 401, 422, 502]).toContain(answered);
        const after = await rig.opened(to.id);
        const came = typeof body === "object" && body !== null ? (body as Record<string, unknown>).refresh_token : undefined;
        expect([before.refreshToken, came]).toContain(after.refreshToken);
        expect(after.refreshToken).not.toBe("");
        // As if the wait after a failure were over.
        await rig.age(400_000);
      }),
      { numRuns: trials({ change: 1_000, long: 100_000 }) },
    );
    rig.server.instead = () => ({ status: 200, body: { access_token: "good", refresh_token: "last", expires_in: 60 } });
    await node.call(to, { "mooring-refresh-credential": "true" });
    expect(await rig.opened(to.id)).toEqual({ accessToken: "good", refreshToken: "last" });
  });
});
