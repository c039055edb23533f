import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Problem } from "../kernel/errors.ts";
import type { People } from "../people/people.ts";
import { type ConsoleFile, openConsole } from "./console/files.ts";
import { pageFiles } from "./page.ts";
import { createSignInDoor } from "./sign-in.ts";

/** What people's browsers ask for: the console's files, and signing in and out. */
export function registerPages(app: FastifyInstance, { people, publicUrl }: { people: People; publicUrl: URL }): void {
  app.get("/", async (_request, reply) => reply.redirect("/console", 302));

  const console = openConsole(join(import.meta.dirname, "../../../console/dist"));
  app.get("/console", async (_request, reply) => send(reply, (await console.page()) ?? unbuilt));
  app.get("/console/*", async ({ params, headers }, reply) => {
    const name = (params as { "*": string })["*"];
    const file = await console.file(name, String(headers["accept-encoding"] ?? ""));
    if (file) return send(reply, file);
    // A file that an older console had. Below that, what has an ending may be a page: of a version called 1.2.0.
    if (/^(assets\/.*|[^/]*\.\w+)$/.test(name)) throw new Problem("not_found");
    return send(reply, (await console.page()) ?? unbuilt);
  });

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

const send = (reply: FastifyReply, { headers, body }: ConsoleFile) => reply.headers(headers).send(body);

const unbuilt: ConsoleFile = {
  headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'", "cache-control": "no-store" },
  body: `<!doctype html>
<html lang="en">
<title>The console is not built · Mooring</title>
<h1>The console is not built</h1>
<p>Run npm run build and start Mooring again; npm start does both. The API is there all the same: see <a href="/docs">its documentation</a>.</p>
</html>
`,
};
