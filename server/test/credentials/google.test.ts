import { generateKeyPairSync } from "node:crypto";
import { importSPKI, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { engines } from "../harness/engines.ts";
import { tokenRig } from "./token-rig.ts";

const pair = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const keyFile = {
  type: "service_account",
  client_email: "robot@project.example",
  private_key_id: "key-1",
  private_key: pair.privateKey,
  // Whoever makes a key file could have the assertion sent anywhere.
  token_uri: "http://127.0.0.1:1/stolen",
};
const fileOf = (content: unknown) => ({
  name: "google",
  type: "binary" as const,
  data: { valueBase64: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString("base64") },
});

describe.each(engines)("a Google service account, on $name", ({ prepare }) => {
  test("calls BigQuery with a token that it gets for an assertion, from the one address that the setting names (O-9)", async () => {
    const rig = await tokenRig(await prepare());
    const to = await rig.connect(fileOf(keyFile));
    const node = await rig.node();
    for (let time = 0; time < 2; time++) expect(await node.call(to)).toMatchObject({ status: 200, said: "good" });
    expect(rig.server.asked).toHaveLength(1);
    const fields = rig.server.asked[0]?.fields ?? {};
    expect(fields.grant_type).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const { payload, protectedHeader } = await jwtVerify(String(fields.assertion), await importSPKI(pair.publicKey, "RS256"), {
      algorithms: ["RS256"],
      issuer: "robot@project.example",
      audience: rig.server.tokenUrl,
    });
    expect(protectedHeader).toMatchObject({ alg: "RS256", kid: "key-1" });
    expect(payload.scope).toBe("https://www.googleapis.com/auth/bigquery");
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(3600);
  });

  test.each([
    { name: "is not JSON", content: "{", says: "not JSON" },
    { name: "is no object", content: null, says: "not JSON" },
    {
      name: "names a program to run",
      content: { ...keyFile, type: "external_account", credential_source: { executable: {} } },
      says: "type",
    },
    { name: "is a person's", content: { ...keyFile, type: "authorized_user" }, says: "type" },
    { name: "has no email", content: { ...keyFile, client_email: undefined }, says: "client_email" },
    { name: "has no key", content: { ...keyFile, private_key: undefined }, says: "private_key" },
    { name: "has a key that is none", content: { ...keyFile, private_key: "secret words" }, says: "private_key" },
    { name: "has a key of another kind", content: { ...keyFile, private_key: elliptic() }, says: "private_key" },
    { name: "has a key that is too short", content: { ...keyFile, private_key: short() }, says: "private_key" },
  ])("whose file $name asks nobody, and says why on the credential", async ({ content, says }) => {
    const rig = await tokenRig(await prepare());
    const to = await rig.connect(fileOf(content));
    expect(await (await rig.node()).call(to)).toMatchObject({ status: 502, said: "token_unavailable" });
    expect(rig.server.asked).toEqual([]);
    const reason = (await rig.stored(to.id))?.reason ?? "";
    expect(reason).toContain(says);
    expect(reason).not.toContain("secret words");
  });
});

function elliptic(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function short(): string {
  return generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
