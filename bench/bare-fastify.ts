import Fastify from "fastify";

/** What GetConnection is measured against: Fastify with one route, which answers bytes that it was given. */
const app = Fastify();
let text = "";
app.get("/o/:organisation_id/connections/:connection_id", (_request, reply) => {
  reply.type("application/json; charset=utf-8").send(text);
});

process.once("message", async (message: { text: string }) => {
  text = message.text;
  await app.listen({ port: 0, host: "127.0.0.1" });
  process.send?.(app.server.address() ?? {});
});
process.once("disconnect", () => process.exit(0));
