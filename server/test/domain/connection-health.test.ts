import { describe, expect, test } from "vitest";
import { isFailure } from "../../src/domain/call-tally.ts";
import { type HealthFacts, healthOf } from "../../src/domain/connection-health.ts";
import { searched, searchTextOf } from "../../src/domain/connection-search.ts";

const now = new Date("2026-03-31T12:00:00.000Z");
const lately = "2026-03-31T11:59:00.000Z";

describe("the health of a connection", () => {
  const well: HealthFacts = { callsLastHour: 4, failuresLastHour: 0, lastCallAt: lately, attention: [] };
  test.each<[what: string, facts: Partial<HealthFacts>, health: string]>([
    ["no call failed", {}, "ok"],
    ["half of them failed", { failuresLastHour: 2 }, "ok"],
    ["more than half failed", { failuresLastHour: 3 }, "failing"],
    ["the only one failed", { callsLastHour: 1, failuresLastHour: 1 }, "failing"],
    ["it was called, but not in the last hour", { callsLastHour: 0, lastCallAt: "2026-03-01T12:00:00.000Z" }, "ok"],
    ["it was not called in 30 days", { callsLastHour: 0, lastCallAt: "2026-03-01T11:59:59.999Z" }, "unused"],
    ["it was never called", { callsLastHour: 0, lastCallAt: undefined }, "unused"],
    ["a token cannot be renewed", { attention: [{ state: "failing" }] }, "failing"],
    [
      "a token cannot be renewed, and nobody calls",
      { callsLastHour: 0, lastCallAt: undefined, attention: [{ state: "failing" }] },
      "failing",
    ],
    ["somebody has to sign in", { attention: [{ state: "failing" }, { state: "reauth_required" }] }, "attention"],
    ["somebody has to sign in, and all fails", { failuresLastHour: 4, attention: [{ state: "reauth_required" }] }, "attention"],
  ])("when %s", (_what, facts, health) => {
    expect(healthOf({ ...well, ...facts }, now)).toBe(health);
  });
});

describe("a call failed, for a reason that is not its caller's,", () => {
  test.each<[what: string, isOne: boolean, call: Parameters<typeof isFailure>[0]]>([
    ["answered", false, { origin: "upstream", status: 200, code: undefined }],
    ["asked for what is not there", false, { origin: "upstream", status: 404, code: undefined }],
    ["called too often", false, { origin: "upstream", status: 429, code: undefined }],
    ["refused our proof of identity", true, { origin: "upstream", status: 401, code: undefined }],
    ["forbade us", true, { origin: "upstream", status: 403, code: undefined }],
    ["broke down", true, { origin: "upstream", status: 500, code: undefined }],
    ["was not reached", true, { origin: "gateway", status: 502, code: "upstream_unreachable" }],
    ["did not answer in time", true, { origin: "gateway", status: 504, code: "upstream_timeout" }],
    ["had no room", true, { origin: "gateway", status: 503, code: "overloaded" }],
    ["had no token", true, { origin: "gateway", status: 502, code: "token_unavailable" }],
    ["needed somebody to sign in", true, { origin: "gateway", status: 424, code: "reauth_required" }],
    ["had a credential that cannot be sent", true, { origin: "gateway", status: 422, code: "credential_unusable" }],
    ["was not allowed out", true, { origin: "gateway", status: 403, code: "egress_denied" }],
    ["had no right", false, { origin: "gateway", status: 403, code: "forbidden" }],
    ["was invalid", false, { origin: "gateway", status: 400, code: "invalid_request" }],
    ["was left by its caller", false, { origin: "aborted", status: 0, code: undefined }],
    ["was left by its caller in the middle of an answer", false, { origin: "aborted", status: 200, code: undefined }],
    ["broke off", true, { origin: "aborted", status: 200, code: "upstream_unreachable" }],
  ])("or did not: it %s", (_what, isOne, call) => {
    expect(isFailure(call)).toBe(isOne);
  });
});

describe("a connection is found", () => {
  const text = searchTextOf({ name: "Straße_100% Œuvre ΣΑΣ", baseUrl: "https://API.Example.com/v1" });
  test.each(["straße", "STRASSE", "_100%", "œUVRE", "σας", "σασ", "api.EXAMPLE", "ŒUVRE"])("by %j", (part) =>
    expect(text).toContain(searched(part)),
  );
  test.each(["%", "_"])("by %j only where it stands", (part) => {
    expect(text).toContain(part);
    expect(searchTextOf({ name: "plain" })).not.toContain(part);
  });
  test("however its letters are composed", () => expect(searched("Caf\u0065\u0301")).toBe(searched("café")));
  test("not across its name and its address", () => expect(text).not.toContain(searched("ΣΑΣhttps")));
});
