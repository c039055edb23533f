import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { limitRequests } from "../../src/http/limit.ts";
import { createProblemHandler } from "../../src/http/problem.ts";
import { createLog } from "../../src/kernel/log.ts";

let app: FastifyInstance;
let origin: string;
let stats: ReturnType<typeof limitRequests>;
let answers: (() => void)[];

beforeEach(async () => {
  answers = [];
  app = Fastify();
  app.setErrorHandler(createProblemHandler(createLog("silent")));
  stats = limitRequests(app, { requestsMax: 2 });
  app.get("/wait", () => new Promise((resolve) => answers.push(() => resolve("done"))));
  for (const path of ["/quick", "/healthz", "/readyz", "/metrics"]) app.get(path, async () => "done");
  origin = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => app.close());

const get = (path: string, init: RequestInit = {}) => fetch(origin + path, init);

it("refuses requests beyond the limit, which is free again when one ends (L-1)", async () => {
  const waiting = [get("/wait"), get("/wait")];
  await expect.poll(() => answers.length).toBe(2);
  const refused = await get("/quick");
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toMatch(/^[1-3]$/);
  expect(await refused.json()).toMatchObject({ code: "overloaded" });
  answers[0]?.();
  expect((await Promise.race(waiting)).status).toBe(200);
  await expect.poll(async () => (await get("/quick")).status).toBe(200);
  answers[1]?.();
  await Promise.all(waiting);
  await expect.poll(() => stats().underWay).toBe(0);
});

it("always answers whoever watches it", async () => {
  const waiting = [get("/wait"), get("/wait")];
  await expect.poll(() => answers.length).toBe(2);
  for (const path of ["/healthz", "/readyz", "/metrics"]) expect((await get(path)).status).toBe(200);
  for (const answer of answers) answer();
  await Promise.all(waiting);
  expect(stats().refused).toBe(0);
});

it("has room again when callers go away", async () => {
  const gone = new AbortController();
  const waiting = [get("/wait", { signal: gone.signal }), get("/wait", { signal: gone.signal })];
  await expect.poll(() => answers.length).toBe(2);
  gone.abort();
  await Promise.allSettled(waiting);
  await expect.poll(() => stats().underWay).toBe(0);
  expect((await get("/quick")).status).toBe(200);
});
