import { describe, expect, it } from "vitest";
import { createActions } from "../../src/gateway/actions.ts";
import type { ConnectionId, OrganisationId } from "../../src/kernel/ids.ts";
import { storedAction, storedDefinition } from "./action-rig.ts";

const org = "01KA0RG0000000000000000001" as OrganisationId;
const one = "01KAC0NN000000000000000001" as ConnectionId;
const other = "01KAC0NN000000000000000002" as ConnectionId;
const name = { version: "default", action: "a" };

function kept({ charactersMax }: { charactersMax?: number } = {}) {
  const state = { loads: 0, isLive: true, hold: undefined as Promise<void> | undefined };
  const actions = createActions({
    isLive: () => state.isLive,
    ...(charactersMax !== undefined && { charactersMax }),
    async load(_org, _connection, { action }) {
      state.loads += 1;
      await state.hold;
      return action === "none" ? undefined : storedAction({}, { definitions: [storedDefinition({ description: "x".repeat(1000) })] });
    },
  });
  return { state, actions };
}

describe("actions in memory", () => {
  it("are loaded once for however many ask, and then are there at once", async () => {
    const { state, actions } = kept();
    await Promise.all(Array.from({ length: 50 }, () => actions.get(org, one, name)));
    expect(actions.get(org, one, name)).not.toBeInstanceOf(Promise);
    await actions.get(org, one, { ...name, version: "1" });
    expect(state.loads).toBe(2);
  });

  it.each([
    { change: { kind: "connection" as const, org, id: one as string }, loads: 2 },
    { change: { kind: "everything" as const }, loads: 2 },
    { change: { kind: "connection" as const, org, id: other as string }, loads: 1 },
    { change: { kind: "connection" as const, org: "01KA0RG0000000000000000002" as OrganisationId, id: one as string }, loads: 1 },
    { change: { kind: "credential" as const, org, id: one as string }, loads: 1 },
  ])("are loaded $loads times around $change.kind $change.id", async ({ change, loads }) => {
    const { state, actions } = kept();
    await actions.get(org, one, name);
    actions.invalidate(change);
    await actions.get(org, one, name);
    expect(state.loads).toBe(loads);
  });

  it("are not kept when a change came while they were loaded, nor while changes cannot be heard", async () => {
    const { state, actions } = kept();
    const { promise, resolve } = Promise.withResolvers<void>();
    state.hold = promise;
    const early = actions.get(org, one, name);
    actions.invalidate({ kind: "connection", org, id: one });
    resolve();
    expect(await early).toBeDefined();
    expect(actions.size()).toBe(0);
    await actions.get(org, one, name);
    state.isLive = false;
    await actions.get(org, one, name);
    await actions.get(org, one, name);
    expect([state.loads, actions.size()]).toEqual([4, 0]);
  });

  it("are as many as their bound has room for; what is not there is not kept", async () => {
    const { actions } = kept({ charactersMax: 10_000 });
    for (let nth = 0; nth < 100; nth++) await actions.get(org, one, { version: "1", action: `a${nth}` });
    expect(actions.size()).toBeGreaterThan(1);
    expect(actions.size()).toBeLessThan(10);
    const { actions: empty } = kept();
    expect(await empty.get(org, one, { version: "1", action: "none" })).toBeUndefined();
    expect(empty.size()).toBe(0);
  });
});
