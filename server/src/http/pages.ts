import type { FastifyInstance } from "fastify";
import type { People } from "../people/people.ts";
import { consoleRoutes } from "./console/routes.ts";
import { pageFiles } from "./page.ts";
import { createSignInDoor } from "./sign-in.ts";

/** What people's browsers ask for: the console's files, and signing in and out. */
export function registerPages(app: FastifyInstance, { people, publicUrl }: { people: People; publicUrl: URL }): void {
  app.get("/", async (_request, reply) => reply.redirect("/console", 302));
  for (const [path, { headers, body }] of consoleRoutes()) {
    app.get(path, async (_request, reply) => reply.headers(headers).send(body));
  }
  for (const [path, { type, body }] of pageFiles()) {
    app.get(path, async (_request, reply) => reply.headers({ "content-type": type, "cache-control": "no-cache" }).send(body));
  }

  const door = createSignInDoor({ people, publicUrl });
  app.route({
    method: ["GET", "POST"],
    url: "/auth/*",
    handler: async ({ method, url, headers, body, socket }, reply) => {
      const path = url.split("?", 1)[0] ?? url;
      const answer = await door({ method, path, headers, body, peer: socket.remoteAddress ?? "" });
      for (const cookie of answer.cookies) reply.header("set-cookie", cookie);
      reply.code(answer.status);
      return answer.body === undefined ? reply.send() : reply.type("application/json; charset=utf-8").send(JSON.stringify(answer.body));
    },
  });
}
