import { type AuthSchemeConfigInput, credentialTypes, secretMask } from "@mooring/contract";
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { secretFields } from "../../src/domain/credential.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { canary, canaryFile } from "../harness/canary.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import {
  apiKeyScheme,
  authorizationCodeScheme,
  basicAuthScheme,
  type CredentialKind,
  clientCredentialsScheme,
  createConnection,
  createCredential,
  credentialOf,
  googleScheme,
  hmacScheme,
  noneScheme,
  smallConnection,
} from "../harness/samples.ts";
import { fieldsOf, scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** Which credential fits which scheme, and which scheme fits which protocol, as the semantics say. */
const fits = {
  none: { credentials: ["none"], protocols: ["http"] },
  "api-key": { credentials: ["string"], protocols: ["http"] },
  "basic-auth": { credentials: ["basic-auth"], protocols: ["http"] },
  "oauth2 clientCredentials": { credentials: ["oauth2-client"], protocols: ["http", "bigquery"] },
  "oauth2 authorizationCode": { credentials: ["oauth2-token"], protocols: ["http", "bigquery"] },
  "google-service-account": { credentials: ["binary"], protocols: ["bigquery"] },
  hmac: { credentials: ["string", "binary"], protocols: ["http"] },
} as const;

const schemes = (application: string): Record<keyof typeof fits, AuthSchemeConfigInput> => ({
  none: noneScheme,
  "api-key": apiKeyScheme,
  "basic-auth": basicAuthScheme,
  "oauth2 clientCredentials": clientCredentialsScheme,
  "oauth2 authorizationCode": authorizationCodeScheme(application),
  "google-service-account": googleScheme,
  hmac: hmacScheme,
});

const given = async (world: World) => ({ credential: await createCredential(world) });
type Given = Awaited<ReturnType<typeof given>>;
const one = ({ credential }: Given) => ({ params: { credential_id: credential.id } });

/** What is sealed of a credential now: another text says that it was sealed anew. */
async function sealedOf({ mooring }: World, { id }: { id: string }): Promise<string | undefined> {
  const org = mooring.bootstrap.organisation as OrganisationId;
  const row = await mooring.db.read(org, (tx) =>
    tx.first(sql<{ sealed: string }>`select sealed from credentials where org_id = ${org} and id = ${id}`),
  );
  return row?.sealed;
}

onEachEngine("credentials", (world) => {
  describe("which credential fits which scheme on which protocol", () => {
    const rows = Object.keys(fits).flatMap((scheme) =>
      (["http", "bigquery"] as const).map((protocol) => ({ scheme: scheme as keyof typeof fits, protocol })),
    );
    test.each(rows)("$scheme on $protocol", async ({ scheme, protocol }) => {
      const application = await createCredential(world, "oauth2-client");
      const authSchemeConfig = schemes(application.id)[scheme];
      const { credentials, protocols } = fits[scheme];
      for (const type of credentialTypes) {
        const isFit = (protocols as readonly string[]).includes(protocol) && (credentials as readonly string[]).includes(type);
        const environment = {
          name: "dev",
          credentials: { action: [{ authSchemeConfig, credential: credentialOf[type]() }] },
          variables: [],
        };
        const body = {
          name: "one",
          authSchemeConfigs: [],
          environments: [environment],
          ...(protocol === "http" ? { baseUrl: "https://example.com" } : {}),
        };
        const operation = protocol === "http" ? "CreateHTTPConnection" : "CreateBigQueryConnection";
        const answer = await world.send(await world.as("key"), operation, { body });
        expect(answer.status, `${type}: ${answer.text}`).toBe(isFit ? 201 : 400);
        if (!isFit) expect(fieldsOf(answer)).toEqual(["environments[0].credentials.action[0].authSchemeConfig.schemeType"]);
      }
    });

    test("an application credential is the organisation's own, and an oauth2-client", async () => {
      const foreign = await createCredential(world, "oauth2-client", await world.as("stranger"));
      const other = await createCredential(world, "string");
      for (const id of [foreign.id, other.id, world.newId()]) {
        const answer = await world.send(await world.as("key"), "CreateHTTPConnection", {
          body: smallConnection({ authSchemeConfigs: [authorizationCodeScheme(id)] }),
        });
        expect(fieldsOf(answer), answer.text).toEqual(["authSchemeConfigs[0].flows.authorizationCode.applicationCredential.id"]);
      }
    });

    test("sha1 checks what comes in, and signs nothing that goes out", async () => {
      const entry = { authSchemeConfig: { ...hmacScheme, algorithm: "sha1" }, credential: credentialOf.string() } as never;
      const environments = (purpose: string) => [{ name: "dev", credentials: { [purpose]: [entry] }, variables: [] }];
      const key = await world.as("key");
      const incoming = await world.send(key, "CreateHTTPConnection", { body: smallConnection({ environments: environments("trigger") }) });
      expect(incoming.status, incoming.text).toBe(201);
      const outgoing = await world.send(key, "CreateHTTPConnection", { body: smallConnection({ environments: environments("action") }) });
      expect(fieldsOf(outgoing)).toEqual(["environments[0].credentials.action[0].authSchemeConfig.algorithm"]);
    });
  });

  describe("secrets go in and never come out", () => {
    test.each(credentialTypes)("%s reads as the mask, and sent back as it was keeps what is stored (V-8)", async (type) => {
      const key = await world.as("key");
      const made = await createCredential(world, type);
      for (const field of secretFields[type]) expect((made.data as Record<string, unknown>)[field]).toBe(secretMask);
      const sealed = await sealedOf(world, made);
      const { body: read } = await world.must(key, "GetCredential", { params: { credential_id: made.id } });
      const { body: back } = await world.must(key, "UpdateCredential", { params: { credential_id: made.id }, body: read });
      expect(back).toEqual(made);
      expect(await sealedOf(world, made)).toBe(sealed);
    });

    test.each(credentialTypes.filter((type) => type !== "none"))("%s: the mask itself is never stored", async (type) => {
      const sent = credentialOf[type]();
      const data = Object.fromEntries(
        Object.entries(sent.data).map(([name, value]) => [
          name,
          (secretFields[type] as readonly string[]).includes(name) ? secretMask : value,
        ]),
      );
      const answer = await world.send(await world.as("key"), "CreateCredential", { body: { ...sent, data } });
      expect(fieldsOf(answer)).toEqual(secretFields[type].map((field) => `data.${field}`).sort());
    });

    test("a mask for a token that was never stored is 400", async () => {
      const key = await world.as("key");
      const { accessToken: _, refreshToken: __, ...data } = credentialOf["oauth2-token"]().data;
      const { body } = await world.must(key, "CreateCredential", { body: { ...credentialOf["oauth2-token"](), data } });
      const sent = { ...body, data: { ...body.data, accessToken: secretMask } };
      const answer = await world.send(key, "UpdateCredential", { params: { credential_id: body.id }, body: sent });
      expect(fieldsOf(answer)).toEqual(["data.accessToken"]);
    });

    test("a value that only looks like the mask is a value", async () => {
      const { body } = await world.must(await world.as("key"), "CreateCredential", {
        body: { name: "stars", type: "string", data: { value: "*********" } },
      });
      expect(body.data).toEqual({ value: secretMask });
    });
  });

  scenarios(world, { title: "updating", operation: "UpdateCredential", given }, [
    {
      name: "a credential's `type` cannot change (400)",
      send: ({ credential }) => ({
        ...one({ credential }),
        body: { ...credential, type: "binary", data: { valueBase64: canaryFile("other") } },
      }),
      expect: 400,
      fields: ["type"],
    },
    {
      name: "`id` must be the one in the path",
      send: ({ credential }) => ({ ...one({ credential }), body: { ...credential, id: world.newId() } }),
      expect: 400,
      fields: ["id"],
    },
    {
      name: "a new value is sealed anew, and reads as the mask",
      send: ({ credential }) => ({ ...one({ credential }), body: { ...credential, data: { value: canary("rotated") } } }),
      expect: 200,
      after: ({ body }, { credential }) => {
        expect(body.data).toEqual({ value: secretMask });
        expect(body.updatedAt > credential.updatedAt).toBe(true);
      },
    },
    {
      name: "`usages`, `errors` and times are accepted and ignored",
      send: ({ credential }) => ({
        ...one({ credential }),
        body: { ...credential, usages: "x", errors: ["x"], createdAt: 0, updatedAt: null },
      }),
      expect: 200,
      after: ({ body }, { credential }) => expect(body).toEqual(credential),
    },
    {
      name: "`errors` is absent until it was tried",
      send: ({ credential }) => ({ ...one({ credential }), body: credential }),
      expect: 200,
      after: ({ body }) => expect(body).not.toHaveProperty("errors"),
    },
    {
      name: "leaves a trace that says which secret was replaced, and nothing of it",
      send: ({ credential }) => ({ ...one({ credential }), body: { ...credential, name: "rotated", data: { value: canary("rotated") } } }),
      expect: 200,
      after: async (_answer, { credential }) => {
        const { body } = await world.must(await world.as("key"), "ListAudit", { query: { first: 1 } });
        expect(body.items[0]).toMatchObject({
          operation: "credential.updated",
          subject: { type: "credential", id: credential.id, name: "rotated" },
        });
        expect(body.items[0]?.changes).toContainEqual({ field: "data.value", after: "(replaced)" });
      },
    },
    {
      name: "a developer may not change one that a production environment uses",
      as: "developer",
      given: async ({ credential }) => {
        const action = [{ authSchemeConfig: apiKeyScheme, credential: { id: credential.id } }];
        await createConnection(world, smallConnection({ environments: [{ name: "prod", credentials: { action }, variables: [] }] }));
      },
      send: ({ credential }) => ({ ...one({ credential }), body: { ...credential, data: { value: canary("theirs") } } }),
      expect: 403,
      code: "forbidden",
    },
  ]);

  describe("where a secret is sent (V-8)", () => {
    test.each(["tokenUrl", "authorizeUrl"] as const)("another %s needs the permission to manage secrets, and is audited", async (field) => {
      const made = await createCredential(world, "oauth2-client");
      const sent = {
        params: { credential_id: made.id },
        body: { ...made, data: { ...made.data, [field]: "https://elsewhere.example.com/token" } },
      };
      expect((await world.send(await world.as("writeKey"), "UpdateCredential", sent)).status).toBe(403);
      const { body } = await world.must(await world.as("secretsKey"), "UpdateCredential", sent);
      expect(body.data).toMatchObject({ [field]: "https://elsewhere.example.com/token", clientSecret: secretMask });
      const { body: audit } = await world.must(await world.as("key"), "ListAudit", { query: { first: 1 } });
      expect(audit.items[0]?.changes).toEqual([
        {
          field: `data.${field}`,
          before: `https://id.example.com/${field === "tokenUrl" ? "token" : "authorize"}`,
          after: "https://elsewhere.example.com/token",
        },
      ]);
    });
  });

  scenarios(world, { title: "deleting", operation: "DeleteCredential", given }, [
    {
      name: "one that an environment uses is 409, and says where",
      given: async ({ credential }) => {
        const action = [{ authSchemeConfig: apiKeyScheme, credential: { id: credential.id } }];
        await createConnection(
          world,
          smallConnection({ name: "Billing", environments: [{ name: "stage 9", credentials: { action }, variables: [] }] }),
        );
      },
      send: one,
      expect: 409,
      code: "credential_in_use",
      after: ({ error }) => {
        expect(error.message).toContain("Billing");
        expect(error.message).toContain("stage 9");
      },
    },
    {
      name: "an application credential of a connection is 409 too",
      given: async (situation) => {
        situation.credential = await createCredential(world, "oauth2-client");
        await createConnection(world, smallConnection({ authSchemeConfigs: [authorizationCodeScheme(situation.credential.id)] }));
      },
      send: one,
      expect: 409,
      code: "credential_in_use",
    },
    {
      name: "an application credential of an environment is 409 too",
      given: async (situation) => {
        situation.credential = await createCredential(world, "oauth2-client");
        const action = [{ authSchemeConfig: authorizationCodeScheme(situation.credential.id), credential: credentialOf["oauth2-token"]() }];
        await createConnection(world, smallConnection({ environments: [{ name: "dev", credentials: { action }, variables: [] }] }));
      },
      send: one,
      expect: 409,
      code: "credential_in_use",
    },
  ]);

  test("a link and a deletion at once: either it is linked or it is gone, never both (B-4)", async () => {
    const key = await world.as("key");
    for (let round = 0; round < 8; round++) {
      const { id } = await createCredential(world);
      const environments = [
        { name: "dev", credentials: { action: [{ authSchemeConfig: apiKeyScheme, credential: { id } }] }, variables: [] },
      ];
      const [linked, deleted] = await Promise.all([
        world.send(key, "CreateHTTPConnection", { body: smallConnection({ environments }) }),
        world.send(key, "DeleteCredential", { params: { credential_id: id } }),
      ]);
      expect([`${linked.status} ${deleted.status}`]).toEqual([expect.stringMatching(/^(201 409|400 204)$/)]);
    }
  });

  test("any sequence of readings sent back and secrets replaced leaves the secret that was sent last (V-8)", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const key = await world.as("key");
    const step = fc.record({
      type: fc.constantFrom<CredentialKind>("string", "basic-auth", "oauth2-client", "binary"),
      steps: fc.array(fc.constantFrom("back", "rename", "replace"), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(step, async ({ type, steps }) => {
        let current = await createCredential(world, type);
        for (const [index, kind] of steps.entries()) {
          const sealed = await sealedOf(world, current);
          const body =
            kind === "replace"
              ? { ...current, data: credentialOf[type]().data }
              : kind === "rename"
                ? { ...current, name: `n${index}` }
                : current;
          current = (await world.must(key, "UpdateCredential", { params: { credential_id: current.id }, body })).body;
          expect((await sealedOf(world, current)) === sealed).toBe(kind !== "replace");
        }
      }),
      { numRuns: trials({ change: 15, long: 2500 }) },
    );
  });
});
