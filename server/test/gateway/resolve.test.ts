import { describe, expect, it } from "vitest";
import type { EnvironmentSnapshot } from "../../src/domain/snapshot.ts";
import { createSnapshots } from "../../src/gateway/resolve.ts";
import type { ConnectionId, OrganisationId } from "../../src/kernel/ids.ts";
import { apiKey, connectionId, environmentId, org } from "./rig.ts";

const elsewhere = "01KA0RG0000000000000000002" as OrganisationId;
const credential = apiKey("header", "K");

/** A loader whose answers are given by hand, so that what comes meanwhile is decided by the test. */
function loading(options: { entriesMax?: number; loadsMax?: number; isLive?: () => boolean } = {}) {
  const loads: { environment: string; finish(revision: number | undefined): void; fail(): void }[] = [];
  const snapshots = createSnapshots({
    isLive: () => true,
    ...options,
    load: (_org, connection, environment) => {
      const { promise, resolve, reject } = Promise.withResolvers<EnvironmentSnapshot | undefined>();
      loads.push({
        environment,
        finish: (revision) => resolve(revision === undefined ? undefined : snapshotOf(connection, environment, revision)),
        fail: () => reject(new Error("The database is gone.")),
      });
      return promise;
    },
  });
  const get = (environment = "prod", of = org) => snapshots.get(of, connectionId, environment);
  return { snapshots, loads, get };
}

const snapshotOf = (connection: ConnectionId, environmentName: string, revision: number): EnvironmentSnapshot => ({
  org,
  connectionId: connection,
  connectionName: `revision ${revision}`,
  environmentId,
  environmentName,
  protocol: "http",
  baseUrl: "https://example.com",
  variables: new Map(),
  credentials: [credential],
});

const revisionOf = async (found: ReturnType<ReturnType<typeof loading>["get"]>) => (await found)?.connectionName;

describe("snapshots in memory", () => {
  it("load once for all who ask at the same time, and then answer at once", async () => {
    const { loads, get } = loading();
    const asked = Array.from({ length: 100 }, () => get());
    expect(loads).toHaveLength(1);
    loads[0]?.finish(1);
    expect(await Promise.all(asked.map(revisionOf))).toEqual(Array(100).fill("revision 1"));
    expect(get()).not.toBeInstanceOf(Promise);
    expect(loads).toHaveLength(1);
  });

  it.each([
    { change: { kind: "connection", org, id: connectionId }, isForgotten: true },
    { change: { kind: "credential", org, id: credential.credentialId }, isForgotten: true },
    { change: { kind: "everything" }, isForgotten: true },
    { change: { kind: "connection", org, id: "01KAC0NN000000000000000002" }, isForgotten: false },
    { change: { kind: "connection", org: elsewhere, id: connectionId }, isForgotten: false },
    { change: { kind: "credential", org, id: "01KACRED000000000000000002" }, isForgotten: false },
    { change: { kind: "credential", org: elsewhere, id: credential.credentialId }, isForgotten: false },
    { change: { kind: "api-key", org, id: connectionId }, isForgotten: false },
    { change: { kind: "member", org, id: connectionId }, isForgotten: false },
  ] as const)("after a change of $change.kind $change.id: forgotten is $isForgotten", async ({ change, isForgotten }) => {
    const { snapshots, loads, get } = loading();
    const asked = get();
    loads[0]?.finish(1);
    await asked;
    snapshots.invalidate(change);
    void get();
    expect(loads).toHaveLength(isForgotten ? 2 : 1);
  });

  it.each([
    { kind: "connection", org, id: connectionId },
    { kind: "credential", org, id: "01KACRED000000000000000009" },
    { kind: "everything" },
  ] as const)("a change of $kind while a load runs leaves nothing stale, and later calls do not join that load", async (change) => {
    const { snapshots, loads, get } = loading();
    const before = get();
    snapshots.invalidate(change);
    const after = get();
    expect(loads).toHaveLength(2);
    loads[1]?.finish(2);
    expect(await revisionOf(after)).toBe("revision 2");
    // The older load ends last, and must not take the place of the newer state.
    loads[0]?.finish(1);
    expect(await revisionOf(before)).toBe("revision 1");
    expect(await revisionOf(get())).toBe("revision 2");
    expect(loads).toHaveLength(2);
  });

  it("keep neither absence nor failure", async () => {
    const { snapshots, loads, get } = loading();
    const absent = get();
    loads[0]?.finish(undefined);
    expect(await absent).toBeUndefined();
    const failed = get();
    loads[1]?.fail();
    await expect(failed).rejects.toThrow("The database is gone.");
    void get();
    expect(loads).toHaveLength(3);
    expect(snapshots.size()).toBe(0);
  });

  it("are not trusted while changes cannot be heard", async () => {
    let isLive = true;
    const { snapshots, loads, get } = loading({ isLive: () => isLive });
    const asked = get();
    loads[0]?.finish(1);
    await asked;
    isLive = false;
    const [one, other] = [get(), get()];
    loads[1]?.finish(2);
    loads[2]?.finish(3);
    expect([await revisionOf(one), await revisionOf(other)]).toEqual(["revision 2", "revision 3"]);
    isLive = true;
    expect(snapshots.size()).toBe(0);
    void get();
    expect(loads).toHaveLength(4);
  });

  it("load in turns of organisations, so that one that asks for many does not keep the database from another (T-4)", async () => {
    const { loads, get } = loading({ loadsMax: 4 });
    const many = Array.from({ length: 50 }, (_, at) => get(`crowd ${at}`));
    expect(loads).toHaveLength(3);
    const [one, two] = [get("first", elsewhere), get("second", elsewhere)];
    expect(loads.map(({ environment }) => environment)).toEqual(["crowd 0", "crowd 1", "crowd 2", "first"]);
    for (const at of [0, 1]) loads[at]?.finish(1);
    await expect.poll(() => loads.length).toBe(6);
    expect(loads.slice(4).map(({ environment }) => environment)).toEqual(["crowd 3", "second"]);
    for (const at of [3, 5]) loads[at]?.finish(1);
    expect([await revisionOf(one), await revisionOf(two)]).toEqual(["revision 1", "revision 1"]);
    for (let at = 1; at < 52; at++) {
      await expect.poll(() => loads.length).toBeGreaterThan(at);
      loads[at]?.finish(1);
    }
    expect(await Promise.all(many.map(revisionOf))).toEqual(Array(50).fill("revision 1"));
  });

  it("are kept apart by organisation", async () => {
    const { loads, get } = loading();
    const asked = get();
    loads[0]?.finish(1);
    await asked;
    expect(get("prod", elsewhere)).toBeInstanceOf(Promise);
  });

  it("are bounded, and those in use stay", async () => {
    const { snapshots, loads, get } = loading({ entriesMax: 3 });
    const warm = async (environment: string) => {
      const asked = get(environment);
      loads.at(-1)?.finish(1);
      await asked;
    };
    for (const environment of ["a", "b", "c"]) await warm(environment);
    void get("a");
    for (const environment of ["d", "e"]) await warm(environment);
    expect(snapshots.size()).toBe(3);
    expect(get("a")).not.toBeInstanceOf(Promise);
    expect(get("b")).toBeInstanceOf(Promise);
  });
});
