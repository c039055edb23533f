import fc from "fast-check";
import { expect, test } from "vitest";
import { readTokenAnswer } from "../../src/credentials/token-answer.ts";
import { TokenRefused, TokenUnavailable } from "../../src/credentials/token-endpoint.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { encodings } from "../harness/canary.ts";
import { createTestClock } from "../harness/clock.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";

const clock = createTestClock();
const read = (body: string, { status = 200, headers = {}, sent = [] as Secret[] } = {}) =>
  readTokenAnswer(new Response(body, { status, headers }), { sent, clock });

const runs = { numRuns: trials({ change: 2_000, long: 100_000 }) };

/** A member of an answer, as it should be or as it should not. */
const oddly = (...good: unknown[]) => fc.oneof(fc.constantFrom(...good), fc.jsonValue(), fc.constant(undefined));

const answers = fc.record({
  access_token: oddly("at"),
  token_type: oddly("Bearer", "bearer", "mac"),
  refresh_token: oddly("rt", ""),
  expires_in: oddly(3600, "3600", -1, 1e12, "1e12", Number.MAX_VALUE),
  scope: oddly("a b", ["a", "b"]),
  error: oddly("", "invalid_grant", "temporarily_unavailable"),
  error_description: oddly("words"),
});

test(
  "whatever a server answers is a token that can be sent, a refusal, or nothing that counts (O-9)",
  async () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      answers.map((one) => JSON.stringify(one)),
    );
    const statuses = fc.constantFrom(200, 201, 302, 400, 401, 403, 404, 418, 429, 500, 503);
    await fc.assert(
      fc.asyncProperty(body, statuses, fc.string(), async (text, status, after) => {
        const retry = /^[\x20-\x7e]*$/.test(after) ? after : "60";
        const answer = await read(text, { status, headers: { "retry-after": retry } }).catch((error: unknown) => error);
        if (answer instanceof TokenRefused || answer instanceof TokenUnavailable) return;
        const { accessToken, refreshToken, expiresInSeconds = 1, scopes = [] } = answer as Awaited<ReturnType<typeof read>>;
        expect(accessToken.reveal()).toMatch(/^[\x21-\x7e]+$/);
        expect(refreshToken?.reveal()).not.toBe("");
        expect(Number.isSafeInteger(expiresInSeconds) && expiresInSeconds >= 1 && expiresInSeconds <= 315_360_000).toBe(true);
        expect(scopes.every((scope) => typeof scope === "string")).toBe(true);
      }),
      runs,
    );
  },
  propertyTimeoutMs,
);

test(
  "a refresh token that a server gives beside a token is never lost, whatever else it says (O-9)",
  async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (odd) => {
        const { refreshToken } = await read(JSON.stringify({ ...odd, access_token: "at", token_type: "Bearer", refresh_token: "rt" }));
        expect(refreshToken?.reveal()).toBe("rt");
      }),
      runs,
    );
  },
  propertyTimeoutMs,
);

test.each(Object.entries(encodings))("a secret that a server repeats as %s is in no message (V-7)", async (_name, encode) => {
  const secret = new Secret('s3cr"et +%é');
  const body = JSON.stringify({ error: "invalid_grant", error_description: `You sent ${encode(secret.reveal())}.` });
  const failure = await read(body, { status: 400, sent: [secret] }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ error: "invalid_grant", description: expect.stringContaining("left out") });
});
