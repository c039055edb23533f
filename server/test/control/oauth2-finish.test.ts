import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { canaryKey } from "../harness/canary.ts";
import { type CodeServer, startCodeServer } from "../harness/code-server.ts";
import { createSubscription } from "../harness/samples.ts";
import { type Begun, begin, type Server, type SignInConnection, signInConnection } from "../harness/sign-in.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { loopback, onEachEngine } from "../harness/world.ts";

interface Situation extends SignInConnection, Begun {
  readonly server: CodeServer;
}

onEachEngine(
  "the end of a sign-in",
  (world) => {
    const begun = async (given: Partial<Server> = {}, actor?: Actor): Promise<Situation> => {
      const server = await startCodeServer();
      const connection = await signInConnection(world, { ...server, ...given });
      return { server, ...connection, ...(await begin(world, connection, actor)) };
    };
    const nobody = () => world.as("nobody");
    const end = async ({ state, cookie }: Begun, { query = {}, actor }: { query?: object; actor?: Actor } = {}) =>
      world.send(actor ?? (await nobody()), "HandleOAuth2ConnectionCallback", {
        params: { organisation_id: world.mooring.bootstrap.organisation },
        query: { code: "a-code", state, ...query },
        headers: { cookie },
      });
    const credential = async ({ credentialId }: SignInConnection) =>
      (await world.must(await world.as("key"), "GetCredential", { params: { credential_id: credentialId } })).body;
    const isConnected = async (connection: SignInConnection) => "accessToken" in (await credential(connection)).data;

    test("exchanges the code with the verifier whose hash the address had, and stores what comes", async () => {
      const situation = await begun({ additionalParams: { audience: "one" } });
      expect((await end(situation)).status).toBe(204);
      const [exchange] = situation.server.exchanges;
      expect(exchange).toEqual({
        grant_type: "authorization_code",
        code: "a-code",
        redirect_uri: situation.url.searchParams.get("redirect_uri"),
        code_verifier: expect.stringMatching(/^[\w-]{43}$/),
        audience: "one",
      });
      const hash = await crypto.subtle.digest("SHA-256", Buffer.from(exchange?.code_verifier ?? ""));
      expect(Buffer.from(hash).toString("base64url")).toBe(situation.url.searchParams.get("code_challenge"));
      expect(await isConnected(situation)).toBe(true);
      expect((await credential(situation)).errors).toEqual([]);
      const { body } = await world.must(await world.as("key"), "ListAudit", { query: { first: 2 } });
      expect(body.items.map(({ operation, actor, subject }) => [operation, actor.type, subject.id])).toEqual([
        ["credential.connected", "api-key", situation.credentialId],
        ["credential.connect_started", "api-key", situation.credentialId],
      ]);
    });

    test("is told to who asked, without a token (D-1)", async () => {
      const situation = await begun();
      const connection = situation.params.connection_id;
      const { id } = await createSubscription(world, connection, { ownEvents: ["credential.connected"] });
      expect((await end(situation)).status).toBe(204);
      const params = { connection_id: connection, subscription_id: id };
      const { body } = await world.must(await world.as("key"), "ReadSubscriptionEvents", { params });
      expect(body.events.map((event) => JSON.parse(event.body ?? "").data)).toEqual([
        {
          connection: { id: connection, name: expect.any(String) },
          credential: { id: situation.credentialId, name: expect.any(String), type: "oauth2-token" },
          environments: [{ id: expect.any(String), name: expect.any(String) }],
        },
      ]);
    });

    test("shows a page to a person, which runs nothing, and takes the cookie back", async () => {
      const { cookie, state, url } = await begun();
      const address = `${new URL(url.searchParams.get("redirect_uri") ?? "").pathname}?code=a-code&state=${state}`;
      const answer = await world.raw(address, { headers: { cookie, accept: "text/html,application/xhtml+xml" } });
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining("Connected")]);
      expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
      expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^oauth2-[\w-]+=; Max-Age=0; /)]);
    });

    test.each([
      { what: "the credential's secret", given: {}, proof: /^id:Can4ry.*client/s },
      {
        what: "the application's, where the credential has none",
        given: { clientSecret: "", application: true },
        proof: /^id:Can4ry.*app/s,
      },
      { what: "none at all, where the application is another client", given: { clientSecret: "" }, proof: undefined },
    ])("proves itself with $what", async ({ given: { application, ...given }, proof }) => {
      const situation = await begun({ ...given, ...(application ? { applicationSecret: canaryKey("app") } : {}) });
      await end(situation);
      expect(situation.server.proofs).toEqual([proof && expect.stringMatching(proof)]);
      expect(situation.server.exchanges[0]?.client_id).toBe(proof ? undefined : "id");
    });

    describe("is refused, and nothing is exchanged or stored (O-1)", () => {
      const cases: readonly { what: string; attempt(situation: Situation): Promise<Begun>; isOver?: true }[] = [
        { what: "without the cookie", attempt: async (one) => ({ ...one, cookie: "other=1" }) },
        { what: "with the cookie of another sign-in", attempt: async (one) => ({ ...one, cookie: (await begun()).cookie }) },
        {
          what: "with the value of another sign-in's cookie under this one's name",
          attempt: async (one) => ({ ...one, cookie: `${one.cookie.split("=")[0]}=${(await begun()).cookie.split("=")[1]}` }),
        },
        { what: "with the state of another sign-in", attempt: async (one) => ({ ...one, state: (await begun()).state }) },
        { what: "with a state of nobody's", attempt: async (one) => ({ ...one, state: randomBytes(32).toString("base64url") }) },
        { what: "with the state's hash", attempt: async (one) => ({ ...one, state: `${one.state} ` }) },
        {
          what: "after 10 minutes",
          async attempt(one) {
            world.clock.advance(10 * 60_000);
            return one;
          },
        },
        {
          what: "a second time",
          async attempt(one) {
            await end(one);
            one.server.exchanges.length = 0;
            return one;
          },
        },
      ];
      test.each(cases)("$what", async ({ attempt }) => {
        const situation = await begun();
        const tried = await attempt(situation);
        const before = await storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
        const answer = await end(tried);
        expect([answer.status, answer.error.code]).toEqual([400, "sign_in_unknown"]);
        expect(situation.server.exchanges).toEqual([]);
        expect(differenceOf(before, await storedOf(world.mooring.db, world.mooring.bootstrap.organisation))).toEqual([]);
      });

      test("at another organisation's address, whether there is one or not, which answer alike (T-1)", async () => {
        const { state, cookie } = await begun();
        const stranger = await world.as("stranger");
        const at = (org: string) =>
          world.send({ name: "nobody", org, headers: {} }, "HandleOAuth2ConnectionCallback", {
            query: { code: "a", state },
            headers: { cookie },
          });
        const answers = await Promise.all([at(stranger.org), at(world.newId())]);
        expect(answers.map(({ status, text }) => [status, text])).toEqual([
          [400, answers[0]?.text],
          [400, answers[0]?.text],
        ]);
        expect((await at("nonsense")).status).toBe(404);
      });

      test("of whoever is signed in as somebody else than who began", async () => {
        const developer = await world.as("developer");
        const situation = await begun({}, developer);
        for (const other of ["owner", "viewer", "stranger", "key"] as const) {
          const answer = await end(situation, { actor: await world.as(other) });
          expect([answer.status, answer.error.code]).toEqual([403, "forbidden"]);
        }
        expect(situation.server.exchanges).toEqual([]);
        expect((await end(situation, { actor: developer })).status).toBe(204);
      });

      test("of whoever lost the right meanwhile", async () => {
        const key = await world.keyWith({ scopes: ["secrets:write"] });
        const situation = await begun({}, key);
        await world.must(await world.as("key"), "DeleteApiKey", { params: { api_key_id: key.id ?? "" } });
        expect((await end(situation)).status).toBe(403);
        const leaving = await world.person("leaving", { role: "developer", org: (await world.as("key")).org });
        const second = await begun({}, leaving);
        await world.must(await world.as("key"), "RemoveMember", { params: { user_id: leaving.id ?? "" } });
        expect((await end(second)).status).toBe(403);
        expect([...situation.server.exchanges, ...second.server.exchanges]).toEqual([]);
      });
    });

    describe("of a server that refuses", () => {
      test("says why, in plain text, and is over", async () => {
        const situation = await begun();
        const refusal = { error: "access_denied", error_description: "No\r\n<b>thanks</b>" };
        const { cookie, state, url } = situation;
        const address = `${new URL(url.searchParams.get("redirect_uri") ?? "").pathname}?${new URLSearchParams({ state, ...refusal })}`;
        const answer = await world.raw(address, { headers: { cookie, accept: "text/html" } });
        expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("access_denied: No &#60;b&#62;thanks&#60;/b&#62;")]);
        expect((await end(situation)).error.code).toBe("sign_in_unknown");
      });

      test.each([
        { what: "the code", reply: { status: 400, body: { error: "invalid_grant" } }, expected: [400, "sign_in_refused"] },
        { what: "the client", reply: { status: 401, body: { error: "invalid_client" } }, expected: [400, "sign_in_refused"] },
        { what: "nothing, but is down", reply: { status: 503, body: {} }, expected: [502, "upstream_unreachable"] },
        { what: "what it said, by saying nonsense", reply: { body: [] }, expected: [502, "upstream_unreachable"] },
      ])("$what, it is over too", async ({ reply, expected }) => {
        const server = await startCodeServer(() => reply);
        const connection = await signInConnection(world, server);
        const one = await begin(world, connection);
        const answer = await end(one);
        expect([answer.status, answer.error.code], answer.text).toEqual(expected);
        expect(await isConnected(connection)).toBe(false);
        expect((await end(one)).error.code).toBe("sign_in_unknown");
      });

      test("and repeats secrets, nobody is told them (V-7)", async () => {
        const server = await startCodeServer((fields) => ({
          status: 400,
          body: { error: "invalid_grant", error_description: `${fields.code} with ${fields.code_verifier}` },
        }));
        const one = await begin(world, await signInConnection(world, server));
        const code = canaryKey("code");
        const answer = await end(one, { query: { code } });
        expect(answer.error.message).toContain("left out");
        expect(answer.text).not.toContain(server.exchanges[0]?.code_verifier);
      });
    });

    describe("after an edit of the credential (O-4)", () => {
      test.each(["tokenUrl", "clientId", "clientSecret"] as const)("of its %s is refused, and no code is sent anywhere", async (field) => {
        const thief = await startCodeServer();
        const situation = await begun();
        const before = await credential(situation);
        const value = { tokenUrl: thief.tokenUrl, clientId: "another", clientSecret: canaryKey("edited") }[field];
        const body = { ...before, data: { ...before.data, [field]: value } };
        await world.must(await world.as("key"), "UpdateCredential", { params: { credential_id: before.id }, body });
        expect((await end(situation)).status).toBe(409);
        expect([...thief.exchanges, ...situation.server.exchanges]).toEqual([]);
      });

      test("that only renames it goes through", async () => {
        const situation = await begun();
        const before = await credential(situation);
        const body = { ...before, name: "renamed" };
        await world.must(await world.as("key"), "UpdateCredential", { params: { credential_id: before.id }, body });
        expect((await end(situation)).status).toBe(204);
      });
    });

    test.each([
      { what: "of another server", iss: () => "https://other.example.com", expected: 400 },
      { what: "that is none", iss: () => "other", expected: 400 },
      { what: "of an opaque origin", iss: () => "data:text/html,x", expected: 400 },
      { what: "at the authorize URL's origin", iss: () => "https://id.example.com/tenant", expected: 204 },
      { what: "at the token URL's origin", iss: ({ server }: Situation) => new URL(server.tokenUrl).origin, expected: 204 },
    ])("with an issuer $what gives $expected (O-4)", async ({ iss, expected }) => {
      const situation = await begun();
      expect((await end(situation, { query: { iss: iss(situation) } })).status).toBe(expected);
      expect(situation.server.exchanges).toHaveLength(expected === 204 ? 1 : 0);
    });

    test("sends no code to another server's token endpoint when two servers' answers are swapped (O-4)", async () => {
      const servers = await Promise.all([
        begun({ authorizeUrl: "https://one.example/a" }),
        begun({ authorizeUrl: "https://two.example/a" }),
      ]);
      const [one, two] = servers;
      const issuers = ["https://one.example", "https://two.example"];
      const answers = [
        await end(one, { query: { code: "of-two", iss: issuers[1] } }),
        await end(two, { query: { code: "of-one", iss: issuers[0] } }),
      ];
      expect(answers.map(({ error }) => error.code)).toEqual(["sign_in_refused", "sign_in_refused"]);
      expect(servers.flatMap(({ server }) => server.exchanges)).toEqual([]);
    });
  },
  { settings: loopback },
);
