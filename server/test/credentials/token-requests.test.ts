import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type OAuthClient, TokenRefused, TokenUnavailable } from "../../src/credentials/token-endpoint.ts";
import { createTokenEndpoint } from "../../src/credentials/token-requests.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { createTestClock } from "../harness/clock.ts";
import { openNet, startApi } from "../net/outside.ts";

const org = "01JZ0000000000000000000001" as OrganisationId;

describe("a request for a token", () => {
  it("for client credentials proves the client by Basic, form-encoded (RFC 6749 section 2.3.1), and asks for the scopes", async () => {
    const server = await startServer(() => ({ access_token: "at", token_type: "Bearer", expires_in: 60, scope: "a b" }));
    const answer = await server.endpoint.clientCredentials(org, server.client({ clientId: "a:ü b", clientSecret: new Secret("s+%:") }));
    expect(server.asked).toEqual([
      { path: "/token?x=1", proof: "a%3A%C3%BC+b:s%2B%25%3A", fields: { grant_type: "client_credentials", scope: "a b" } },
    ]);
    expect(plain(answer)).toEqual({ accessToken: "at", expiresInSeconds: 60, scopes: ["a", "b"] });
  });

  it("to renew sends the refresh token, and no scopes", async () => {
    const server = await startServer(() => ({ access_token: "at", token_type: "bearer", refresh_token: "next" }));
    const answer = await server.endpoint.refresh(org, server.client(), new Secret("old"));
    expect(server.asked.map(({ fields }) => fields)).toEqual([{ grant_type: "refresh_token", refresh_token: "old" }]);
    expect(plain(answer)).toEqual({ accessToken: "at", refreshToken: "next" });
  });

  it("for a code sends code, verifier and redirect URI", async () => {
    const server = await startServer(() => ({ access_token: "at" }));
    const given = { code: new Secret("c&c"), codeVerifier: new Secret("v"), redirectUri: "https://mooring.example/callback" };
    await server.endpoint.exchangeCode(org, server.client(), given);
    expect(server.asked.map(({ fields }) => fields)).toEqual([
      { grant_type: "authorization_code", code: "c&c", code_verifier: "v", redirect_uri: "https://mooring.example/callback" },
    ]);
  });

  it("of a public client names it in the body and proves nothing", async () => {
    const server = await startServer(() => ({ access_token: "at" }));
    await server.endpoint.clientCredentials(org, server.client({ clientSecret: new Secret(""), scopes: [] }));
    expect(server.asked).toEqual([
      { path: "/token?x=1", proof: undefined, fields: { grant_type: "client_credentials", client_id: "client" } },
    ]);
  });

  it("carries additional parameters, which cannot set its own, however they are written (O-2)", async () => {
    const server = await startServer(() => ({ access_token: "at" }));
    const own = ["grant_type", "client_id", "client_secret", "refresh_token", "code", "redirect_uri", "code_verifier", "scope"];
    const spellings = own.flatMap((name) => [name, name.toUpperCase(), ` ${name}`, name.replaceAll("_", "."), `${name}[]`]);
    const additionalParams = Object.fromEntries([...spellings.map((name) => [name, "evil"]), ["audience", "https://api.example"]]);
    await server.endpoint.refresh(org, server.client({ additionalParams }), new Secret("old"));
    expect(server.asked[0]?.fields).toEqual({ grant_type: "refresh_token", refresh_token: "old", audience: "https://api.example" });
  });
});

describe("a server that wants the client in the body", () => {
  it.each([
    ["401 invalid_client", 401, { error: "invalid_client" }],
    ["400 invalid_client", 400, { error: "invalid_client" }],
    ["200 invalid_client", 200, { error: "invalid_client" }],
    ["400 invalid_request, as it misses client_id", 400, { error: "invalid_request" }],
    ["401 and no body", 401, undefined],
  ])("is asked again once when it answers %s, and from then on at once", async (_what, status, refusal) => {
    const server = await startServer(({ fields }) =>
      fields.client_secret === "secret" ? { access_token: "at" } : refuse(status, refusal),
    );
    await server.endpoint.clientCredentials(org, server.client());
    expect(server.asked.map(({ proof }) => proof)).toEqual(["client:secret", undefined]);
    await server.endpoint.clientCredentials(org, server.client());
    expect(server.asked).toHaveLength(3);
    await server.endpoint.clientCredentials(org, server.client({ key: "another revision" }));
    expect(server.asked).toHaveLength(5);
  });

  it("tells that a secret is wrong after two questions, and no more", async () => {
    const server = await startServer(() => refuse(401, { error: "invalid_client", error_description: "Unknown client." }));
    await expect(server.endpoint.clientCredentials(org, server.client())).rejects.toMatchObject({
      name: "TokenRefused",
      error: "invalid_client",
      description: "Unknown client.",
    });
    expect(server.asked).toHaveLength(2);
  });

  it("is remembered when it refuses the grant and not the client", async () => {
    const server = await startServer(({ fields }) => refuse(400, { error: fields.client_id ? "invalid_grant" : "invalid_client" }));
    for (const questions of [2, 3]) {
      await expect(server.endpoint.refresh(org, server.client(), new Secret("rt"))).rejects.toMatchObject({ error: "invalid_grant" });
      expect(server.asked).toHaveLength(questions);
    }
  });

  it("is not asked again for a grant that is refused", async () => {
    const server = await startServer(() => refuse(400, { error: "invalid_grant" }));
    await expect(server.endpoint.refresh(org, server.client(), new Secret("rt"))).rejects.toBeInstanceOf(TokenRefused);
    expect(server.asked).toHaveLength(1);
  });
});

interface Asked {
  readonly path: string | undefined;
  readonly proof: string | undefined;
  readonly fields: Record<string, string>;
}

class Refusal {
  readonly status: number;
  readonly body: object | string | undefined;
  readonly headers: Record<string, string>;
  constructor(status: number, body: object | string | undefined, headers: Record<string, string>) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

function refuse(status: number, body?: object | string, headers: Record<string, string> = {}): Refusal {
  return new Refusal(status, body, headers);
}

/** A token endpoint whose answers are a function of what it is asked. */
async function startServer(answer: (asked: Asked) => object) {
  const asked: Asked[] = [];
  const api = await startApi((request, response) => void reply(request, response));
  const net = openNet();
  return {
    asked,
    client,
    endpoint: createTokenEndpoint({ net, clock: createTestClock(), googleTokenUrl: "https://oauth2.example.com/token" }),
  };

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = Object.fromEntries(new URLSearchParams(await text(request)));
    const basic = request.headers.authorization?.replace("Basic ", "");
    const one = { path: request.url, proof: basic && Buffer.from(basic, "base64").toString(), fields };
    asked.push(one);
    const given = answer(one);
    const { status, body, headers } = given instanceof Refusal ? given : refuse(200, given);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "object" ? JSON.stringify(body) : body);
  }

  function client(given: Partial<OAuthClient> = {}): OAuthClient {
    const clientSecret = new Secret("secret");
    return { key: "key", clientId: "client", clientSecret, tokenUrl: `${api.origin}/token?x=1`, scopes: ["a", "b"], ...given };
  }
}

function plain(answer: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]));
}

describe("an answer", () => {
  const token = { access_token: "at", token_type: "Bearer" };

  it.each([
    ["absent", undefined, undefined],
    ["a number", 3600, 3600],
    ["text", "3600", 3600],
    ["a fraction", 3599.7, 3599],
    ["text that is none", "soon", undefined],
    ["negative", -5, undefined],
    ["zero", 0, undefined],
    ["10^12", 1e12, 315_360_000],
    ["10^400 as text", "1e400", undefined],
    ["null", null, undefined],
    ["a list", [60], undefined],
  ])("whose expires_in is %s gives a lifetime that makes sense, or none (O-9)", async (_what, given, expected) => {
    const server = await startServer(() => ({ ...token, expires_in: given }));
    const answer = await server.endpoint.clientCredentials(org, server.client());
    expect(answer.expiresInSeconds).toBe(expected);
  });

  it.each([
    ["text", "a  b", ["a", "b"]],
    ["a list", ["a", "b"], ["a", "b"]],
    ["absent", undefined, undefined],
    ["a number", 5, undefined],
  ])("whose scope is %s is read as granted", async (_what, scope, expected) => {
    const server = await startServer(() => ({ ...token, scope }));
    expect((await server.endpoint.clientCredentials(org, server.client())).scopes).toEqual(expected);
  });

  it.each([
    ["no token_type", { access_token: "at" }],
    ["the token_type of Slack", { ok: true, access_token: "at", token_type: "bot" }],
    ["a refresh token that is null", { ...token, refresh_token: null }],
    ["a refresh token that is empty", { ...token, refresh_token: "" }],
    ["an id token of whatever kind", { ...token, id_token: 5 }],
    ["an error beside the token that is empty", { ...token, error: "" }],
  ])("with %s is a good one without a refresh token (O-9)", async (_what, body) => {
    const server = await startServer(() => body);
    expect(plain(await server.endpoint.clientCredentials(org, server.client()))).toEqual({ accessToken: "at" });
  });

  it("as a form is read", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const server = await startServer(() => refuse(200, "access_token=a%2Bt&token_type=bearer&expires_in=60", headers));
    expect(plain(await server.endpoint.clientCredentials(org, server.client()))).toEqual({ accessToken: "a+t", expiresInSeconds: 60 });
  });

  it.each([
    ["an error with status 200", refuse(200, { error: "bad_verification_code" }), "bad_verification_code"],
    ["a token that is no bearer token", refuse(200, { access_token: "at", token_type: "DPoP" }), "unsupported_token_type"],
    ["an error that is no code", refuse(400, { error: "<script>" }), "unknown_error"],
  ])("that is %s is a refusal", async (_what, answer, error) => {
    const server = await startServer(() => answer);
    const asked = server.endpoint.refresh(org, server.client(), new Secret("rt"));
    await expect(asked).rejects.toMatchObject({ name: "TokenRefused", error });
  });

  it.each([
    ["500", refuse(500, { error: "invalid_grant" }), undefined],
    ["503 with seconds", refuse(503, "", { "retry-after": "120" }), 120],
    ["429 with a date that is over", refuse(429, "", { "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT" }), 0],
    ["429 with nonsense", refuse(429, "", { "retry-after": "-1" }), undefined],
    ["temporarily_unavailable", refuse(400, { error: "temporarily_unavailable" }), undefined],
    ["a page", refuse(404, "<html>error=x</html>", { "content-type": "text/html" }), undefined],
    ["a redirect, which is not followed (S-4)", refuse(302, "", { location: "/elsewhere" }), undefined],
    ["an empty object", refuse(200, {}), undefined],
    ["a list", refuse(200, []), undefined],
    ["nothing", refuse(204), undefined],
    ["a status that is none", refuse(799, { error: "invalid_grant" }), undefined],
    ["an access token that is a number", refuse(200, { access_token: 5 }), undefined],
    ["an access token with a line break", refuse(200, { access_token: "a\r\nb" }), undefined],
    ["more than 64 KiB", refuse(200, { access_token: "at", more: "a".repeat(66_000) }), undefined],
    ["a compressed body", refuse(200, { access_token: "at" }, { "content-encoding": "gzip" }), undefined],
  ])("that is %s says nothing about the grant (O-8, O-9)", async (_what, answer, retryAfterSeconds) => {
    const server = await startServer(() => answer);
    const failure = await server.endpoint.refresh(org, server.client(), new Secret("rt")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TokenUnavailable);
    expect(failure).toMatchObject({ retryAfterSeconds });
    expect(server.asked).toHaveLength(1);
  });
});
