import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createTestClock } from "../harness/clock.ts";
import { startCodeServer } from "../harness/code-server.ts";
import { engines } from "../harness/engines.ts";
import { runMooring } from "../harness/mooring.ts";
import { begin, beginningAt, signInConnection } from "../harness/sign-in.ts";
import { loopback } from "../harness/world.ts";

test("behind https the browser's cookie is one that no other host can set, and people come back to the public URL (O-1, O-3)", async () => {
  const place = await (engines[0] as (typeof engines)[number]).prepare();
  const port = await freePort();
  const settings = { ...loopback, MOORING_PORT: String(port), MOORING_PUBLIC_URL: "https://mooring.example.com" };
  const mooring = await runMooring(place, createTestClock(), settings);
  onTestFinished(async () => {
    await mooring.close();
    await place.remove();
  });
  const own = new URL(`http://127.0.0.1:${port}`);
  const world = beginningAt(own, mooring);
  const server = await startCodeServer();
  const connection = await signInConnection(world, server);
  const { headers } = await world.must(await world.as("key"), "InitialiseOAuth2Connection", connection);
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-oauth2-[\w-]{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
  ]);

  const { url, state, cookie } = await begin(world, connection);
  const back = new URL(url.searchParams.get("redirect_uri") ?? "");
  expect(back.origin).toBe("https://mooring.example.com");
  const end = (sent: string) => fetch(new URL(`${back.pathname}?code=a&state=${state}`, own), { headers: { cookie: sent } });
  expect((await end(cookie.replace("__Host-", ""))).status).toBe(400);
  expect(server.exchanges).toEqual([]);
  expect((await end(cookie)).status).toBe(204);
  expect(server.exchanges).toMatchObject([{ redirect_uri: back.href }]);
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
