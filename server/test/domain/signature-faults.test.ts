import type { AuthSchemeConfigHMAC, Signature } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { configFaults } from "../../src/domain/scheme-fit.ts";

const hmac = (signature: Signature): AuthSchemeConfigHMAC => ({
  schemeType: "hmac",
  name: "X-Signature",
  in: "header",
  algorithm: "sha1",
  digestInputs: ["body"],
  signature,
});
const fieldsOf = (signature: Signature, purpose: "trigger" | "action" = "trigger") =>
  configFaults(hmac(signature), { protocol: "http", purpose }).map(({ field }) => field);

const at = { in: "header", name: "X-At" } as const;

describe("a signature that is described so that it cannot be checked is told of when it is saved", () => {
  it.each<{ name: string; given: Signature; fields: string[] }>([
    { name: "a placeholder that means nothing", given: { content: "{{ body }}{{ bdy }}" }, fields: ["content"] },
    { name: "a placeholder that does not end", given: { content: "{{ body }}.{{ url" }, fields: ["content"] },
    { name: "a header whose name is none", given: { content: "{{ body }}{{ header.A B }}" }, fields: ["content"] },
    { name: "every fault of the template", given: { content: "{{ a }}{{ b }}" }, fields: ["content", "content"] },
    { name: "nothing that changes", given: { content: "always the same" }, fields: ["content"] },
    { name: "a timestamp from nowhere", given: { content: "{{ timestamp }}.{{ body }}" }, fields: ["timestamp"] },
    { name: "an id from nowhere", given: { content: "{{ id }}.{{ body }}" }, fields: ["id"] },
    { name: "a timestamp that is not signed", given: { timestamp: at }, fields: ["timestamp"] },
    { name: "an id that is not signed", given: { content: "{{ body }}", id: at }, fields: ["id"] },
    { name: "a tolerance of no timestamp", given: { toleranceSeconds: 10 }, fields: ["toleranceSeconds"] },
    {
      name: "a timestamp within a value of one part",
      given: { content: "{{ timestamp }}{{ body }}", timestamp: { in: "signature", name: "t" } },
      fields: ["separator"],
    },
    { name: "a prefix that the separator would cut", given: { separator: ",", prefix: "v1,x=" }, fields: ["prefix"] },
    { name: "a digest of the body that is not signed", given: { bodyDigest: { in: "query", name: "d" } }, fields: ["bodyDigest"] },
    {
      name: "a digest in another header than the one that is signed",
      given: { content: "{{ header.X-Other }}", bodyDigest: { in: "header", name: "X-Digest" } },
      fields: ["bodyDigest"],
    },
  ])("$name", ({ given, fields }) => {
    expect(fieldsOf(given)).toEqual(fields.map((field) => `signature.${field}`));
  });

  it("and one that can be checked is not", () => {
    for (const given of [
      {},
      { prefix: "sha256=" },
      { separator: " ", prefix: "v1,", content: "{{id}}.{{timestamp}}.{{body}}", id: at, timestamp: at, toleranceSeconds: 60 },
      { content: "{{ header.x-digest }}", bodyDigest: { in: "header", name: "X-Digest" } },
      { content: "{{ method }}{{ url }}", bodyDigest: { in: "query", name: "d" } },
    ] as Signature[]) {
      expect(fieldsOf(given)).toEqual([]);
    }
  });

  it("as is one for calls, which are signed over `digestInputs`", () => {
    expect(configFaults({ ...hmac({}), algorithm: "sha256" }, { protocol: "http", purpose: "action" })).toMatchObject([
      { field: "signature" },
    ]);
  });
});
