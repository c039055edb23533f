import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { canaryKey } from "./canary.ts";

/** A token endpoint on loopback that takes any code and remembers what it was asked. Gone when the test is over. */
export interface CodeServer {
  readonly tokenUrl: string;
  /** The fields of each request for a token, as they came. */
  readonly exchanges: Record<string, string>[];
  /** What each said by Basic authentication; undefined where it said nothing. */
  readonly proofs: (string | undefined)[];
}

/** `answer` says what to answer to a request; a good token when left out. */
export async function startCodeServer(answer: (fields: Record<string, string>) => TokenReply = goodTokens): Promise<CodeServer> {
  const exchanges: Record<string, string>[] = [];
  const proofs: (string | undefined)[] = [];
  const server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, exchanges, proofs };

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = Object.fromEntries(new URLSearchParams(await text(request)));
    exchanges.push(fields);
    const basic = request.headers.authorization?.replace("Basic ", "");
    proofs.push(basic && decodeURIComponent(Buffer.from(basic, "base64").toString().replaceAll("+", " ")));
    const { status = 200, body } = answer(fields);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

interface TokenReply {
  readonly status?: number;
  readonly body: object;
}

function goodTokens(): TokenReply {
  const tokens = { access_token: canaryKey("access"), refresh_token: canaryKey("refresh") };
  return { body: { ...tokens, token_type: "Bearer", expires_in: 3600, scope: "read" } };
}
