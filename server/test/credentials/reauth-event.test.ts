import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { SubscriptionId } from "../../src/kernel/ids.ts";
import { engines } from "../harness/engines.ts";
import { type Connected, grantAt, org, type TokenRig, tokenRig } from "./token-rig.ts";

const day = 86_400_000;
const gone = { status: 400, body: { error: "invalid_grant", error_description: "revoked" } };
const away = { status: 503, body: "" };

describe.each(engines)("that a credential needs a person, on $name", ({ prepare }) => {
  const rigOf = async () => tokenRig(await prepare());

  test.each([
    {
      name: "its grant is gone",
      grant: (rig: TokenRig) => ({ refreshToken: rig.server.signIn() }),
      answers: gone,
      reason: /invalid_grant: revoked/,
    },
    {
      name: "its token has ended and there is no refresh token",
      grant: () => ({ accessToken: "given" }),
      answers: gone,
      reason: /no refresh token/,
    },
    { name: "nobody has signed in", grant: () => ({}), answers: gone, reason: /^Nobody has signed in yet\.$/ },
  ])("is told once, as it becomes so, to the connections that use it: $name", async ({ grant, answers, reason }) => {
    const rig = await rigOf();
    const to = await rig.connect(grantAt(rig.server, grant(rig)));
    const other = await rig.connect(grantAt(rig.server, {}));
    for (const { connectionId } of [to, other]) await ask(rig, connectionId);
    rig.server.instead = () => answers;
    await endToken(rig, to);
    const nodes = [await rig.node(), await rig.node()];
    for (const node of [...nodes, ...nodes]) {
      await node.caughtUp();
      expect(await node.call(to)).toMatchObject({ status: 424, said: "reauth_required" });
    }
    const [told, ...more] = await toldOf(rig, to);
    expect(more).toEqual([]);
    expect(told).toEqual({
      type: "credential.reauth_required",
      timestamp: expect.stringMatching(/Z$/),
      data: {
        connection: { id: to.connectionId, name: expect.any(String) },
        credential: { id: to.id, name: expect.any(String), type: "oauth2-token" },
        environments: [{ id: expect.any(String), name: expect.any(String) }],
        reason: expect.stringMatching(reason),
      },
    });
    expect(await toldOf(rig, other)).toEqual([]);
  });

  test("is not told while a server is only away (O-8)", async () => {
    const rig = await rigOf();
    const to = await rig.connect(grantAt(rig.server, { refreshToken: rig.server.signIn() }));
    await ask(rig, to.connectionId);
    rig.server.instead = () => away;
    expect(await (await rig.node()).call(to)).toMatchObject({ said: "token_unavailable" });
    expect(await toldOf(rig, to)).toEqual([]);
  });
});

const ask = ({ db, control }: TokenRig, connection: string) =>
  db.write(org, (tx) =>
    tx.run(sql`
      insert into subscriptions (org_id, id, connection_id, name, own_events, created_at, updated_at)
      values (${org}, ${control.newId<SubscriptionId>()}, ${connection}, 'asks', '["credential.reauth_required"]', '', '')
    `),
  );

/** The token, where there is one, as it is some time after its end. */
async function endToken({ db, age }: TokenRig, { id }: Connected): Promise<void> {
  await db.write(org, (tx) =>
    tx.run(
      sql`update credential_tokens set expires_at = obtained_at + 3600000 where org_id = ${org} and credential_id = ${id} and sealed <> '{}'`,
    ),
  );
  await age(day);
}

async function toldOf({ db }: TokenRig, { connectionId }: Connected): Promise<unknown[]> {
  const rows = await db.read(org, (tx) =>
    tx.all(sql<{ body: Uint8Array }>`select body from events where org_id = ${org} and connection_id = ${connectionId} order by position`),
  );
  return rows.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
}
