import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * How a server treats refresh tokens: the same for ever; a new one each time, where the one before still works once more; or a new one
 * each time, where an old one that comes again ends the whole family.
 */
export type Rotation = "none" | "grace" | "strict";

/** An authorization server and the outside system its tokens are for, on loopback. */
export interface TokenServer {
  readonly origin: string;
  readonly tokenUrl: string;
  /** For MOORING_EGRESS_ALLOW. */
  readonly allow: string;
  rotation: Rotation;
  /** In `expires_in`; left out when undefined. */
  lifetimeSeconds: number | undefined;
  /** Every token request so far. */
  readonly asked: TokenRequest[];
  /** How many calls came with the newest access token, and how many with another. */
  readonly calls: { good: number; stale: number };
  /** What answers a token request instead of the server; undefined lets the server answer. */
  instead: ((request: TokenRequest) => Answer | undefined) | undefined;
  /** Waited for between deciding on an answer and sending it. */
  hold: (() => Promise<void>) | undefined;
  /** Begins a family as a person's sign-in does; its first refresh token. */
  signIn(): string;
  close(): Promise<void>;
}

export interface TokenRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly authorization: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startTokenServer(rotation: Rotation = "none"): Promise<TokenServer> {
  const families = new Map<string, Family>();
  let serial = 0;
  /** The access token that is good, for each client and each family. */
  const newest = new Map<unknown, string>();
  const server = createServer((request, response) => {
    if (request.url !== "/token") return void called(request.headers.authorization, response);
    void answered(request).then(({ status, body, headers }) => {
      const written = typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(written);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const own: TokenServer = {
    origin: `http://127.0.0.1:${port}`,
    tokenUrl: `http://127.0.0.1:${port}/token`,
    allow: `127.0.0.1/32:${port}`,
    rotation,
    lifetimeSeconds: 3600,
    asked: [],
    calls: { good: 0, stale: 0 },
    instead: undefined,
    hold: undefined,
    signIn,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return own;

  function called(authorization: string | undefined, response: { writeHead(status: number): { end(text: string): void } }): void {
    const isGood = [...newest.values()].some((token) => authorization === `Bearer ${token}`);
    own.calls[isGood ? "good" : "stale"] += 1;
    response.writeHead(isGood ? 200 : 401).end(isGood ? "good" : "stale");
  }

  async function answered(request: IncomingMessage): Promise<Answer> {
    const fields = Object.fromEntries(new URLSearchParams(await text(request)));
    const asked = { fields, authorization: request.headers.authorization ?? "" };
    own.asked.push(asked);
    const answer = own.instead?.(asked) ?? decided(asked);
    await own.hold?.();
    return answer;
  }

  function decided({ fields, authorization }: TokenRequest): Answer {
    if (fields.grant_type !== "refresh_token") return granted(authorization, undefined);
    const family = families.get(fields.refresh_token ?? "");
    if (!family?.accepted.includes(fields.refresh_token ?? "")) {
      // Somebody uses an old token: thief or owner, nobody knows, so the family ends.
      if (family) family.accepted = [];
      return { status: 400, body: { error: "invalid_grant" } };
    }
    if (own.rotation === "none") return granted(family, undefined);
    const next = member(family);
    family.accepted = own.rotation === "strict" ? [next] : [fields.refresh_token ?? "", next];
    return granted(family, next);
  }

  function granted(to: unknown, refreshToken: string | undefined): Answer {
    const accessToken = `at-${++serial}`;
    newest.set(to, accessToken);
    const lifetime = own.lifetimeSeconds === undefined ? {} : { expires_in: own.lifetimeSeconds };
    return {
      status: 200,
      body: { access_token: accessToken, token_type: "Bearer", ...lifetime, ...(refreshToken && { refresh_token: refreshToken }) },
    };
  }

  function signIn(): string {
    const family: Family = { accepted: [] };
    const first = member(family);
    family.accepted = [first];
    return first;
  }

  function member(family: Family): string {
    const token = `rt-${++serial}`;
    families.set(token, family);
    return token;
  }
}

/** Tokens that came from one sign-in, each from the one before. */
interface Family {
  accepted: string[];
}
