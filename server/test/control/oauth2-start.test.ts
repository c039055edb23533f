import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { createCredential, readConnection, smallConnection } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { begin, begunOf, type Server, type SignInConnection, signInConnection } from "../harness/sign-in.ts";
import { loopback, onEachEngine } from "../harness/world.ts";

const nowhere: Server = { tokenUrl: "https://id.example.com/token" };

onEachEngine(
  "the beginning of a sign-in",
  (world) => {
    const initialise = async (connection: SignInConnection, changes: object = {}, actor?: Actor) =>
      world.send(actor ?? (await world.as("key")), "InitialiseOAuth2Connection", {
        params: connection.params,
        body: { ...connection.body, ...changes },
      });

    test("gives an address with PKCE, a state, the scopes and this installation's redirect URI", async () => {
      const { url, state } = await begin(world, await signInConnection(world, nowhere));
      expect(url.origin + url.pathname).toBe("https://id.example.com/authorize");
      expect(Object.fromEntries(url.searchParams)).toEqual({
        response_type: "code",
        client_id: "id",
        redirect_uri: `${world.mooring.origin.origin}/o/${world.mooring.bootstrap.organisation}/auth-schemes/oauth2/callback`,
        scope: "read offline_access",
        state: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: "S256",
      });
      expect((await begin(world, await signInConnection(world, nowhere))).state).not.toBe(state);
    });

    test.each([
      { what: "the request's scopes", changes: { scopes: ["a", "b"] }, expected: { scope: "a b offline_access" } },
      { what: "offline_access once", changes: { scopes: ["offline_access", "a"] }, expected: { scope: "offline_access a" } },
      { what: "no offline_access", changes: { disableOfflineAccess: true }, expected: { scope: "read" } },
      { what: "no scope at all", changes: { scopes: [], disableOfflineAccess: true }, expected: { scope: undefined } },
      { what: "the prompt", changes: { prompt: "consent" }, expected: { prompt: "consent" } },
      { what: "parameters of the request", changes: { additionalParams: "?hd=a%26b&x=" }, expected: { hd: "a&b", x: "" } },
      { what: "the request's over the credential's", changes: { additionalParams: "audience=two" }, expected: { audience: "two" } },
      { what: "what the server's own address asks for", changes: {}, expected: { tenant: "t", audience: "one" } },
    ])("asks for $what", async ({ changes, expected }) => {
      const authorizeUrl = "https://id.example.com/authorize?tenant=t#part";
      const connection = await signInConnection(world, { ...nowhere, authorizeUrl, additionalParams: { audience: "one" } });
      const { url } = begunOf(world, await initialise(connection, changes));
      const asked = Object.fromEntries(Object.keys(expected).map((name) => [name, url.searchParams.get(name) ?? undefined]));
      expect(asked).toEqual(expected);
      expect(url.hash).toBe("");
    });

    test("sets a cookie that no script can read, for as long as the sign-in may take", async () => {
      const { headers } = await initialise(await signInConnection(world, nowhere));
      expect(headers.getSetCookie()).toEqual([
        expect.stringMatching(/^oauth2-[\w-]{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/),
      ]);
    });

    test("keeps state, cookie and verifier only hashed or sealed", async () => {
      const { state, cookie } = await begin(world, await signInConnection(world, nowhere));
      const dump = await world.mooring.dump();
      for (const secret of [state, cookie.split("=")[1] ?? ""]) expect(dump).not.toContain(secret);
    });

    test.each([
      { what: "another organisation's", credential: { organisationId: "01JZ0000000000000000000001" } },
      { what: "one that is not there", credential: { id: "01JZ0000000000000000000001" } },
    ])("refuses a credential that is $what", async ({ credential }) => {
      const connection = await signInConnection(world, nowhere);
      const answer = await initialise(connection, { credential: { ...connection.body.credential, ...credential } });
      expect([answer.status, fieldsOf(answer)]).toEqual([400, ["credential.id"]]);
    });

    test("refuses a credential that the connection does not use so", async () => {
      const connection = await signInConnection(world, nowhere);
      const other = await signInConnection(world, nowhere);
      const client = await createCredential(world, "oauth2-client");
      for (const id of [other.credentialId, client.id]) {
        const answer = await initialise(connection, { credential: { ...connection.body.credential, id } });
        expect([answer.status, fieldsOf(answer)]).toEqual([400, ["credential.id"]]);
      }
    });

    test.each([
      "javascript:alert(1)//",
      "data:text/html,x",
      "ftp://id.example.com/authorize",
      "http://id.example.com/authorize",
      "https://user@id.example.com/authorize",
    ])("sends nobody to %s (O-3)", async (authorizeUrl) => {
      const connection = await signInConnection(world, { ...nowhere, authorizeUrl });
      const answer = await initialise(connection);
      expect([answer.status, fieldsOf(answer)]).toEqual([400, ["authorizeUrl"]]);
    });

    test("sends people over plain http only where the operator has listed the address", async () => {
      const connection = await signInConnection(world, { ...nowhere, authorizeUrl: "http://127.0.0.1:9/authorize" });
      expect((await initialise(connection)).status).toBe(200);
    });

    describe("no parameter sets one of Mooring's own, however it is written (O-2)", () => {
      const own = ["response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "state", "scope", "nonce"];
      const reserved = [...own, "code_challenge", "code_challenge_method", "request", "request_uri", "code_verifier", "grant_type"];
      const spelling = fc.constantFrom(...reserved).chain((name) =>
        fc
          .tuple(
            fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
            fc.constantFrom("_", ".", " ", "-", "__"),
            fc.constantFrom("", "[]", "[0]", " ", "\0", "."),
          )
          .map(([upper, between, end]) => {
            const cased = [...name].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join("");
            return cased.replaceAll("_", between) + end;
          }),
      );

      test(
        "of the request, and the address is as without them",
        async () => {
          const connection = await signInConnection(world, nowhere);
          await fc.assert(
            fc.asyncProperty(spelling, fc.string({ maxLength: 20 }), async (name, value) => {
              const additionalParams = new URLSearchParams([
                ["harmless", "1"],
                [name, value],
              ]).toString();
              const answer = await initialise(connection, { additionalParams });
              expect([answer.status, fieldsOf(answer)], name).toEqual([400, ["additionalParams"]]);
            }),
            { numRuns: trials({ change: 100, long: 10_000 }) },
          );
        },
        propertyTimeoutMs,
      );

      test.each(["State", "redirect.uri", "CODE_CHALLENGE", "request_uri"])(
        "of the credential or of its authorize URL: %s",
        async (name) => {
          const ofCredential = await signInConnection(world, { ...nowhere, additionalParams: { [name]: "x" } });
          expect(fieldsOf(await initialise(ofCredential))).toEqual(["credential.id"]);
          const authorizeUrl = `https://id.example.com/authorize?${name}=x`;
          expect(fieldsOf(await initialise(await signInConnection(world, { ...nowhere, authorizeUrl })))).toEqual(["authorizeUrl"]);
        },
      );

      test("and what is no name of Mooring's is passed on as it is", async () => {
        const connection = await signInConnection(world, nowhere);
        const more = { Access_Type: "offline", "user_scope[]": "x", statement: "y", scopes: "z" };
        const answer = await initialise(connection, { additionalParams: new URLSearchParams(more).toString() });
        expect(Object.fromEntries(begunOf(world, answer).url.searchParams)).toMatchObject(more);
      });
    });

    test("the redirect URI is the same whatever the request says of the host (O-3)", async () => {
      const connection = await signInConnection(world, nowhere);
      const { origin } = new URL((await begin(world, connection)).url.searchParams.get("redirect_uri") ?? "");
      const key = await world.as("key");
      for (const host of ["evil.example", "evil.example:443", "127.0.0.1", "[::1]:80", "localhost"]) {
        for (const name of ["x-forwarded-host", "forwarded", "x-forwarded-proto", "origin", "referer", "x-original-host"]) {
          const value = name === "forwarded" ? `host=${host};proto=https` : name === "referer" ? `https://${host}/` : host;
          const answer = await initialise(connection, {}, { ...key, headers: { ...key.headers, [name]: value } });
          expect(answer.status, answer.text).toBe(200);
          expect(new URL(begunOf(world, answer).url.searchParams.get("redirect_uri") ?? "").origin).toBe(origin);
        }
      }
    });

    test("at most 100 sign-ins wait for one credential, and those that are over make room", async () => {
      const connection = await signInConnection(world, nowhere);
      for (let at = 0; at < 100; at++) await begin(world, connection);
      expect((await initialise(connection)).status).toBe(429);
      world.clock.advance(10 * 60_000);
      expect((await initialise(connection)).status).toBe(200);
    });

    test("an Idempotency-Key gives the same address and the same cookie again (B-3)", async () => {
      const { params, body } = await signInConnection(world, nowhere);
      const again = async () =>
        world.must(await world.as("key"), "InitialiseOAuth2Connection", { params, body, headers: { "idempotency-key": "one" } });
      const [first, second] = [await again(), await again()];
      begunOf(world, first);
      expect(second.text).toBe(first.text);
      expect(second.headers.getSetCookie()).toEqual(first.headers.getSetCookie());
    });

    describe("needs the right to change the secret", () => {
      test("in production too", async () => {
        const connection = await signInConnection(world, { ...nowhere, environment: "prod" });
        expect((await initialise(connection, {}, await world.as("developer"))).status).toBe(403);
        expect((await initialise(connection, {}, await world.as("admin"))).status).toBe(200);
      });

      test("of a limited key, wherever the credential serves", async () => {
        const connection = await signInConnection(world, nowhere);
        const { connection_id: id } = connection.params;
        const other = (await world.must(await world.as("key"), "CreateHTTPConnection", { body: smallConnection() })).body;
        const limitedTo = (connections: string[]) => world.keyWith({ scopes: ["secrets:write"], connections });
        expect((await initialise(connection, {}, await limitedTo([other.id]))).status).toBe(403);
        const key = await limitedTo([id]);
        expect((await initialise(connection, {}, key)).status).toBe(200);
        const { environments } = await readConnection(world, id);
        const shared = { id: connection.credentialId };
        const action = (environments[0]?.credentials.action ?? []).map(({ authSchemeConfig }) => ({
          authSchemeConfig,
          credential: shared,
        }));
        await world.must(await world.as("key"), "CreateHTTPConnection", {
          body: smallConnection({ environments: [{ name: "dev", credentials: { action: action as never }, variables: [] }] }),
        });
        expect((await initialise(connection, {}, key)).status).toBe(403);
      });
    });
  },
  { settings: loopback },
);
