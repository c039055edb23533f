import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

// The outside API's own secrets. In the real world nobody prints these; here they are the point.
export const apiKey = "warehouse-key-7f3a";
export const login = { username: "sam", password: "open-sesame" };

/** An outside API on loopback that lets in only who sends the API key and the login, and answers with what it saw of the call. */
export async function startWarehouse() {
  const server = createServer(({ method, url, headers }, response) => {
    const seen = { request: `${method} ${url}`, apiKey: headers["x-api-key"], login: loginOf(headers) };
    const mayEnter = seen.apiKey === apiKey && seen.login === `${login.username}:${login.password}`;
    response.writeHead(mayEnter ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    /** As an operator lists it in MOORING_EGRESS_ALLOW. */
    address: `127.0.0.1/32:${port}`,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `user:password` of basic auth (RFC 7617); empty when there is none. */
function loginOf({ authorization = "" }: IncomingHttpHeaders): string {
  return authorization.startsWith("Basic ") ? Buffer.from(authorization.slice("Basic ".length), "base64").toString() : "";
}
