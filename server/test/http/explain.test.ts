import type { Explanation } from "@mooring/contract";
import { expect, test } from "vitest";
import { fitsServed } from "../../../contract/test/validators.ts";
import type { CastName } from "../harness/actors.ts";
import {
  at,
  basicAuthScheme,
  createConnection,
  credentialOf,
  type HTTPConnection,
  hmacScheme,
  smallConnection,
} from "../harness/samples.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine("the explanation of a call", (world) => {
  const created = () =>
    createConnection(
      world,
      smallConnection({
        baseUrl: "https://8.8.8.8/{{ env.version }}",
        environments: [
          {
            name: "dev",
            variables: [{ name: "version", value: "v1" }],
            credentials: {
              action: [
                { authSchemeConfig: { schemeType: "api-key", in: "query", name: "key" }, credential: credentialOf.string() },
                { authSchemeConfig: basicAuthScheme, credential: credentialOf["basic-auth"]() },
                { authSchemeConfig: hmacScheme, credential: credentialOf.binary() },
              ],
            },
          },
        ],
      }),
    );

  async function explain(connection: HTTPConnection, as: CastName, { org }: { org?: string } = {}) {
    const caller = await world.as(as);
    const path = `/o/${org ?? caller.org}/connections/${connection.id}/environments/dev/explain/orders/{{env.version}}?open=true`;
    return world.raw(path, { method: "POST", headers: caller.headers, body: "hello" });
  }

  test("is what the stored connection comes to, with the names of its credentials, and changes nothing", async () => {
    const connection = await created();
    const before = await storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
    const answer = await explain(connection, "key");
    expect(answer.status, answer.text).toBe(200);
    const told = JSON.parse(answer.text) as Explanation;
    expect(fitsServed("Explanation", told).errors).toEqual([]);
    const ids = at(connection.environments, 0).credentials.action.map(({ credential }) => credential.id);
    expect(told).toMatchObject({
      wouldSend: true,
      request: { method: "POST", url: "https://8.8.8.8/v1/orders/v1?open=true&key=********", body: { held: true, bytes: 5 } },
      egress: { allowed: true, origin: "https://8.8.8.8", addresses: ["8.8.8.8"] },
      steps: [
        { credential: { id: ids[0], name: "key" }, scheme: "api-key", sets: [{ in: "query", name: "key" }] },
        { credential: { id: ids[1], name: "login" }, scheme: "basic-auth", sets: [{ in: "header", name: "Authorization" }] },
        { credential: { id: ids[2], name: "file" }, scheme: "hmac", sets: [{ in: "header", name: "X-Signature" }], signs: ["body"] },
      ],
    });
    expect(told.request?.headers).toContainEqual({ name: "Authorization", value: "Basic ********" });
    expect(told.request?.headers).toContainEqual({ name: "X-Signature", value: "********" });
    expect(differenceOf(before, await storedOf(world.mooring.db, world.mooring.bootstrap.organisation))).toEqual([]);
  });

  test.each([
    { as: "developer", status: 200 },
    { as: "gatewayKey", status: 200 },
    { as: "viewer", status: 403 },
    { as: "readKey", status: 403 },
    { as: "strangerKey", status: 404 },
    { as: "nobody", status: 401 },
  ] as const)("is for those who may call: $as gets $status", async ({ as, status }) => {
    expect((await explain(await created(), as)).status).toBe(status);
  });

  test("another organisation's connection is one that is not there, in whichever organisation it is asked for", async () => {
    const connection = await created();
    const { org } = await world.as("key");
    expect((await explain(connection, "strangerKey", { org })).status).toBe(404);
  });
});
