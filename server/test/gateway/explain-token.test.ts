import { describe, expect, it } from "vitest";
import type { HeldToken } from "../../src/domain/token.ts";
import { explainToken } from "../../src/gateway/explain-token.ts";
import { Secret } from "../../src/kernel/secret.ts";

const nowMs = Date.UTC(2026, 0, 1, 12);
const minutes = (count: number) => count * 60_000;

/** A token of one hour, obtained ten minutes ago. */
const good: HeldToken = {
  accessToken: new Secret("t0ken"),
  isRenewable: true,
  version: 1,
  scopes: undefined,
  obtainedAtMs: nowMs - minutes(10),
  expiresAtMs: nowMs + minutes(50),
  renewingUntilMs: undefined,
  reason: undefined,
  nextTryAtMs: undefined,
  needsPerson: false,
};
const ending = { ...good, obtainedAtMs: nowMs - minutes(58), expiresAtMs: nowMs + minutes(2) };
const ended = { ...good, obtainedAtMs: nowMs - minutes(61), expiresAtMs: nowMs - minutes(1) };
const none = { ...good, accessToken: undefined, obtainedAtMs: undefined, expiresAtMs: undefined };
const failing = { reason: "The server answered 503.", nextTryAtMs: nowMs + minutes(1) };
const gone = { needsPerson: true, reason: "The grant was withdrawn." };

describe("what is told of a token", () => {
  it.each([
    { name: "good", token: good, state: "ok", would: false, why: /^It is good, and renewed from 2026-01-01T12:45:00.000Z on\.$/ },
    { name: "good, and asked to be renewed", token: good, isAsked: true, state: "ok", would: true, why: /asks for it/ },
    { name: "ending soon", token: ending, state: "expiring", would: true, why: /in the background/ },
    { name: "ended", token: ended, state: "expiring", would: true, why: /wait for the new one/ },
    { name: "not there yet", token: none, state: "expiring", would: true, why: /wait for the first/ },
    { name: "without a known end", token: { ...good, expiresAtMs: undefined }, state: "ok", would: false, why: /did not say when it ends/ },
    {
      name: "ending, under renewal",
      token: { ...ending, renewingUntilMs: nowMs + 5 },
      state: "refreshing",
      would: false,
      why: /still good/,
    },
    { name: "ended, under renewal", token: { ...ended, renewingUntilMs: nowMs + 5 }, state: "refreshing", would: false, why: /would wait/ },
    {
      name: "ending, after a failure",
      token: { ...ending, ...failing },
      state: "failing",
      would: false,
      why: /12:01:00.000Z on\. The server answered 503/,
    },
    {
      name: "ending, with nothing to renew it",
      token: { ...ending, isRenewable: false },
      state: "expiring",
      would: false,
      why: /no refresh token/,
    },
  ])("$name", ({ token, isAsked = false, state, would, why }) => {
    const { told, obstacle } = explainToken(token, { nowMs, isAsked });
    expect(told).toMatchObject({ state, renewal: { would, why: expect.stringMatching(why) } });
    expect(obstacle).toBeUndefined();
  });

  it.each([
    { name: "ended, after a failure", token: { ...ended, ...failing }, code: "token_unavailable", why: /503/ },
    { name: "asked to be renewed, after a failure", token: { ...good, ...failing }, isAsked: true, code: "token_unavailable", why: /503/ },
    { name: "gone", token: { ...ended, ...gone }, code: "reauth_required", why: /sign in again\. The grant was withdrawn/ },
    { name: "ended, with nothing to renew it", token: { ...ended, isRenewable: false }, code: "reauth_required", why: /no refresh token/ },
    { name: "never there", token: { ...none, isRenewable: false }, code: "reauth_required", why: /Nobody has signed in yet/ },
  ])("$name: a call answers $code", ({ token, isAsked = false, code, why }) => {
    const { told, obstacle } = explainToken(token, { nowMs, isAsked });
    expect(told.renewal).toEqual({ would: false, why: expect.stringMatching(why) });
    expect(obstacle).toMatchObject({ code });
  });

  it("has its age and its end, as far as they are known", () => {
    const told = (token: HeldToken) => explainToken(token, { nowMs, isAsked: false }).told;
    expect(told(good)).toMatchObject({ ageSeconds: 600, expiresAt: "2026-01-01T12:50:00.000Z", expiresInSeconds: 3000 });
    expect(told(ended)).toMatchObject({ expiresInSeconds: -60 });
    for (const key of ["ageSeconds", "expiresAt", "expiresInSeconds"]) expect(told(none)).not.toHaveProperty(key);
    // What a server says may be any number (O-9).
    expect(told({ ...good, expiresAtMs: nowMs + 1e15 })).not.toHaveProperty("expiresAt");
    expect(told({ ...good, obtainedAtMs: nowMs + 5 }).ageSeconds).toBe(0);
    expect(JSON.stringify(told(good))).not.toContain("t0ken");
  });
});
