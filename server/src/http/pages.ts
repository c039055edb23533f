import type { FastifyInstance } from "fastify";
import type { People } from "../people/people.ts";
import { consoleRoutes } from "./console/routes.ts";
import { createSignInDoor } from "./sign-in.ts";

/** Mounts the console and what it signs people in through. */
export function registerPages(app: FastifyInstance, { people, publicUrl }: { people: People; publicUrl: URL }): void {
  for (const [path, { headers, body }] of consoleRoutes()) {
    app.get(path, async (_request, reply) => reply.headers(headers).send(body));
  }
  const door = createSignInDoor({ people, publicUrl });
  app.all("/auth/*", async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    // The socket's own address: no header is asked, because a client writes those.
    const peer = request.raw.socket.remoteAddress ?? "";
    const { status, cookies, body } = await door({ method: request.method, path, headers: request.headers, body: request.body, peer });
    for (const cookie of cookies) reply.header("set-cookie", cookie);
    return reply.code(status).send(body);
  });
}
