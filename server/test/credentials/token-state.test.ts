import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import * as credentials from "../../src/control/credentials.ts";
import { etagOf } from "../../src/domain/etag.ts";
import { engines } from "../harness/engines.ts";
import { type Connected, clientAt, grantAt, org, type TokenRig, tokenRig } from "./token-rig.ts";

const refused = { status: 400, body: { error: "invalid_grant" } };

describe.each(engines)("what people see of a token, on $name", ({ prepare }) => {
  const rigOf = async () => tokenRig(await prepare());
  const shown = (rig: TokenRig, { id }: Connected) => credentials.get(rig.control, rig.caller, id);

  test("is nothing before a client's first call, and that somebody has to sign in where nobody has", async () => {
    const rig = await rigOf();
    expect(await shown(rig, await rig.connect(clientAt(rig.server)))).not.toHaveProperty("token");
    const bare = await rig.connect(grantAt(rig.server, {}));
    expect((await shown(rig, bare)).token).toEqual({ state: "reauth_required", reason: "Nobody has signed in yet." });
  });

  test.each([
    { state: "ok", reach: async () => {} },
    { state: "expiring", reach: (rig: TokenRig) => rig.age(3_400_000) },
    { state: "refreshing", reach: (rig: TokenRig) => leaseOut(rig) },
    { state: "failing", reach: (rig: TokenRig, renew: () => Promise<unknown>) => answering(rig, { status: 503, body: "" }, renew) },
    { state: "reauth_required", reach: (rig: TokenRig, renew: () => Promise<unknown>) => answering(rig, refused, renew) },
  ])("is $state, in the credential and in the list of credentials", async ({ state, reach }) => {
    const rig = await rigOf();
    const to = await rig.connect(grantAt(rig.server, { refreshToken: rig.server.signIn() }));
    const node = await rig.node();
    await node.call(to);
    await reach(rig, () => node.call(to, { "mooring-refresh-credential": "true" }));
    const { token, errors } = await shown(rig, to);
    expect(token).toMatchObject({ state, expiresAt: expect.stringMatching(/Z$/) });
    expect(token?.nextTryAt !== undefined).toBe(state === "failing");
    expect(token?.reason !== undefined).toBe(state === "failing" || state === "reauth_required");
    expect(errors).toEqual(token?.reason === undefined ? [] : [token.reason]);
    const { items } = await credentials.list(rig.control, rig.caller, {});
    expect(items.find(({ id }) => id === to.id)?.token).toEqual(token);
  });

  test("is no part of the credential's entity tag: an edit begun before a renewal still fits", async () => {
    const rig = await rigOf();
    const to = await rig.connect(grantAt(rig.server, { accessToken: "given", refreshToken: rig.server.signIn() }));
    const before = await shown(rig, to);
    const node = await rig.node();
    expect(await node.call(to, { "mooring-refresh-credential": "true" })).toMatchObject({ status: 200 });
    await answering(rig, refused, () => node.call(to, { "mooring-refresh-credential": "true" }));
    const after = await shown(rig, to);
    expect(after.token).not.toEqual(before.token);
    expect(after.errors).not.toEqual(before.errors);
    expect(etagOf(after)).toBe(etagOf(before));
    const call = { ...rig.caller, ifMatch: etagOf(before) };
    await credentials.update(rig.control, call, to.id, { ...before, type: "oauth2-token", name: "renamed" } as never);
    expect(etagOf(await shown(rig, to))).not.toBe(etagOf(before));
  });
});

test("parameters of a client that are named like what moves by itself are part of the entity tag", () => {
  const credential = (value: string) => ({
    id: "1",
    type: "oauth2-client",
    data: { clientId: "c", additionalParams: { token: value, errors: value, type: "t", data: "d" } },
    errors: ["it failed"],
  });
  expect(etagOf(credential("a"))).not.toBe(etagOf(credential("b")));
});

async function answering(rig: TokenRig, answer: { status: number; body: unknown }, renew: () => Promise<unknown>): Promise<void> {
  rig.server.instead = () => answer;
  await renew();
}

/** As while another node renews. */
async function leaseOut(rig: TokenRig): Promise<void> {
  await rig.db.write(org, (tx) =>
    tx.run(sql`update credential_tokens set lease_until = expires_at, lease_owner = 'another' where org_id = ${org}`),
  );
}
