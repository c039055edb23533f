import { type CredentialUpdate, secretMask } from "@mooring/contract";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { createSeals, type Sealer } from "../../src/credentials/seals.ts";
import type { CredentialId, OrganisationId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { lockOrMakeToken, readToken, replaceTokens, type StoredToken } from "../../src/store/tokens.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import { canary } from "../harness/canary.ts";
import { createCredential, credentialOf } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

type TokenCredential = Extract<CredentialUpdate, { type: "oauth2-token" }>;

onEachEngine("the tokens of a credential", (world) => {
  const org = () => world.mooring.bootstrap.organisation as OrganisationId;
  const sealer = () => sealerOf(world);
  const stored = (id: string) => world.mooring.db.read(org(), (tx) => readToken(tx, org(), id as CredentialId));
  const opened = async (id: string, row: StoredToken | undefined) => {
    const secrets = (await sealer()).open({ purpose: "token", id, revision: row?.version ?? 0 }, row?.sealed ?? {});
    return Object.fromEntries(Object.entries(secrets).map(([field, secret]) => [field, secret.reveal()]));
  };
  const tokensOf = async (id: string) => opened(id, await stored(id));
  const make = async (tokens: { accessToken?: string; refreshToken?: string } = {}) => {
    const { accessToken: _, refreshToken: __, ...data } = credentialOf["oauth2-token"]().data;
    const body = { ...credentialOf["oauth2-token"](), data: { ...data, ...tokens } };
    return (await world.must(await world.as("key"), "CreateCredential", { body })).body as TokenCredential;
  };
  const read = async (id: string) =>
    (await world.must(await world.as("key"), "GetCredential", { params: { credential_id: id } })).body as TokenCredential;
  const put = async (body: TokenCredential) =>
    world.send(await world.as("key"), "UpdateCredential", { params: { credential_id: body.id }, body });
  const kept = { accessToken: canary("access"), refreshToken: canary("refresh") };

  describe("brought along", () => {
    test.each([
      { fields: [] },
      { fields: ["accessToken"] },
      { fields: ["refreshToken"] },
      { fields: ["accessToken", "refreshToken"] },
    ] as const)("$fields are those that are kept, and read as masks", async ({ fields }) => {
      const tokens = Object.fromEntries(fields.map((field) => [field, kept[field]]));
      const made = await make(tokens);
      expect(await tokensOf(made.id)).toEqual(tokens);
      const masks = Object.fromEntries(Object.keys(tokens).map((field) => [field, secretMask]));
      const { accessToken, refreshToken } = made.data;
      expect({ ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) }).toEqual(masks);
    });
  });

  describe("in an update (V-8)", () => {
    const access = canary("new access");
    const refresh = canary("new refresh");
    test.each([
      { name: "what was read keeps both", send: { accessToken: secretMask, refreshToken: secretMask }, leaves: kept },
      {
        name: "an explicit one replaces, a mask keeps",
        send: { accessToken: access, refreshToken: secretMask },
        leaves: { ...kept, accessToken: access },
      },
      {
        name: "and the other way round",
        send: { accessToken: secretMask, refreshToken: refresh },
        leaves: { ...kept, refreshToken: refresh },
      },
      { name: "one that is left out goes", send: { accessToken: secretMask }, leaves: { accessToken: kept.accessToken } },
      { name: "both are left out", send: {}, leaves: {} },
      {
        name: "both are replaced",
        send: { accessToken: access, refreshToken: refresh },
        leaves: { accessToken: access, refreshToken: refresh },
      },
    ])("$name", async ({ send, leaves }) => {
      const made = await make(kept);
      const before = await stored(made.id);
      const { accessToken: _, refreshToken: __, ...data } = made.data;
      const answer = await put({ ...made, name: "renamed", data: { ...data, ...send } });
      expect(answer.status, answer.text).toBe(200);
      expect(await tokensOf(made.id)).toEqual(leaves);
      const isKept = Object.values(send).every((value) => value === secretMask) && Object.keys(send).length === 2;
      expect((await stored(made.id))?.version).toBe((before?.version ?? 0) + (isKept ? 0 : 1));
      expect(await put(await read(made.id))).toMatchObject({ status: 200 });
      expect(await tokensOf(made.id)).toEqual(leaves);
    });

    test("a mask for a token that is not there is 400, and nothing of it is stored", async () => {
      const made = await make({ accessToken: kept.accessToken });
      const answer = await put({ ...made, data: { ...made.data, refreshToken: secretMask } });
      expect(fieldsOf(answer)).toEqual(["data.refreshToken"]);
      expect(await tokensOf(made.id)).toEqual({ accessToken: kept.accessToken });
    });

    test("another client secret leaves the tokens alone, and has them tried again at once", async () => {
      const made = await make(kept);
      await fail(made.id);
      const before = await stored(made.id);
      expect(await put({ ...made, data: { ...made.data, clientSecret: canary("client") } })).toMatchObject({ status: 200 });
      expect(await stored(made.id)).toMatchObject({
        version: before?.version,
        sealed: before?.sealed,
        reason: undefined,
        needsPerson: false,
      });
    });

    test("a new name alone does not touch what is known of a failure", async () => {
      const made = await make(kept);
      await fail(made.id);
      expect(await put({ ...made, name: "renamed" })).toMatchObject({ status: 200 });
      expect(await stored(made.id)).toMatchObject({ reason: "refused", needsPerson: true });
    });
  });

  describe("of a sign-in", () => {
    test("take the place of what is stored, show as masks, and clear what failed", async () => {
      const made = await make({});
      await fail(made.id);
      const version = (await stored(made.id))?.version ?? 0;
      const seal = await sealer();
      await world.mooring.db.write(org(), (tx) =>
        replaceTokens(tx, org(), made.id as CredentialId, {
          seal: (revision) => seal.seal({ purpose: "token", id: made.id, revision }, kept),
          scopes: ["read", "write"],
          lifetimeMs: 3_600_000,
        }),
      );
      const row = await stored(made.id);
      expect(row).toMatchObject({ version: version + 1, scopes: ["read", "write"], reason: undefined, needsPerson: false, failures: 0 });
      expect((row?.expiresAtMs ?? 0) - (row?.obtainedAtMs ?? 0)).toBe(3_600_000);
      expect((await read(made.id)).data).toMatchObject({ accessToken: secretMask, refreshToken: secretMask });
      expect(await put(await read(made.id))).toMatchObject({ status: 200 });
      expect(await tokensOf(made.id)).toEqual(kept);
    });
  });

  describe("that were made of what a credential says", () => {
    test.each([
      { name: "its secret", change: { clientSecret: canary("other") }, isDropped: true },
      { name: "its client", change: { clientId: "other" }, isDropped: true },
      { name: "its token URL", change: { tokenUrl: "https://other.example.com/token" }, isDropped: true },
      { name: "its scopes", change: { scopes: ["other"] }, isDropped: true },
      { name: "its parameters", change: { additionalParams: { audience: "other" } }, isDropped: true },
      { name: "where people sign in", change: { authorizeUrl: "https://other.example.com/authorize" }, isDropped: false },
    ])("are dropped with $name: $isDropped", async ({ change, isDropped }) => {
      const made = await createCredential(world, "oauth2-client");
      const seal = await sealer();
      await world.mooring.db.write(org(), (tx) =>
        replaceTokens(tx, org(), made.id as CredentialId, {
          seal: (revision) => seal.seal({ purpose: "token", id: made.id, revision }, { accessToken: kept.accessToken }),
        }),
      );
      const before = await stored(made.id);
      const body = { ...made, data: { ...made.data, ...change } } as CredentialUpdate;
      await world.must(await world.as("key"), "UpdateCredential", { params: { credential_id: made.id }, body });
      const after = await stored(made.id);
      expect(after?.version).toBe((before?.version ?? 0) + (isDropped ? 1 : 0));
      expect(Object.keys(after?.sealed ?? {})).toEqual(isDropped ? [] : ["accessToken"]);
    });
  });

  test("go with their credential", async () => {
    const made = await make(kept);
    await world.must(await world.as("key"), "DeleteCredential", { params: { credential_id: made.id } });
    expect(await stored(made.id)).toBeUndefined();
  });

  /** As after a renewal that was refused for good. */
  async function fail(id: string): Promise<void> {
    await world.mooring.db.write(org(), async (tx) => {
      await lockOrMakeToken(tx, org(), id as CredentialId);
      await tx.run(
        sql`update credential_tokens set reason = 'refused', needs_person = 1, failures = 3 where org_id = ${org()} and credential_id = ${id}`,
      );
    });
  }
});

async function sealerOf({ mooring, place }: World): Promise<Sealer> {
  const master = loadMasterKey({ dataDir: place.dataDir, configured: new Secret(mooring.masterKey), mayGenerate: false });
  return createSeals({ db: mooring.db, vault: createVault(master) }).of(mooring.bootstrap.organisation as OrganisationId);
}
