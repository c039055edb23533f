import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { createIds, type EnvironmentId, type SubscriptionId } from "../../src/kernel/ids.ts";
import { deliverAgain, type Redelivery } from "../../src/store/redeliveries.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { deliveryRig, org, startDestination, until } from "./deliver-rig.ts";

const newId = createIds(systemClock);

describe.each(engines)("what is delivered again, on $name", ({ prepare }) => {
  const rig = deliveryRig(prepare);

  /** All portions, one transaction each; gives how many deliveries wait again. */
  async function again(
    changes: Partial<Omit<Redelivery, "filter">> & { filter?: Partial<Redelivery["filter"]> } = {},
    limit = 3,
  ): Promise<number> {
    const nothing = { environments: undefined, trigger: undefined, origin: undefined, from: undefined, to: undefined };
    const asked = {
      connectionId: rig.connectionId,
      subscriptionId: undefined,
      state: undefined,
      ...changes,
      filter: { ...nothing, ...changes.filter },
    };
    let count = 0;
    for (let after: string | undefined = ""; after !== undefined; ) {
      const portion = await rig.db.write(org, (tx) => deliverAgain(tx, org, asked, { after, limit }));
      count += portion.deliveries;
      after = portion.rest;
    }
    return count;
  }

  const settle = (state: "delivered" | "dead", which = sql`1 = 1`) =>
    rig.db.write(org, (tx) =>
      tx.run(sql`update deliveries set state = ${state}, attempts = 10, last_status = 500 where org_id = ${org} and ${which}`),
    );
  const waiting = async (subscription: SubscriptionId) =>
    (await rig.deliveries(subscription)).filter(({ state }) => state === "waiting").map(({ event }) => event);

  test("waits as if it had never been sent, for each destination that wants it or had it, and for no unverified event", async () => {
    const [all, one, had, none] = [
      await rig.subscribe("http://127.0.0.1:1/"),
      await rig.subscribe("http://127.0.0.1:1/", { trigger: "paid" }),
      await rig.subscribe("http://127.0.0.1:1/"),
      await rig.subscribe("http://127.0.0.1:1/", { trigger: "other" }),
    ];
    const ids = await rig.keep(
      { triggerName: "paid" },
      { triggerName: "sent" },
      { triggerName: "paid", origin: "unverified" },
      { triggerName: "paid" },
    );
    await settle("delivered");
    await rig.db.write(org, async (tx) => {
      await tx.run(sql`update subscriptions set trigger_name = 'other' where org_id = ${org} and id = ${had.id}`);
      await tx.run(sql`delete from deliveries where org_id = ${org} and subscription_id = ${one.id}`);
    });
    expect(await again()).toBe(3 + 2 + 3);
    const verified = [ids[0], ids[1], ids[3]];
    expect(await waiting(all.id)).toEqual(verified);
    expect(await waiting(one.id)).toEqual([ids[0], ids[3]]);
    expect(await waiting(had.id)).toEqual(verified);
    expect(await rig.deliveries(none.id)).toEqual([]);
    expect((await rig.deliveries(all.id)).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
  });

  test("is what was asked for: one destination, environment, trigger, time, or some events", async () => {
    const [{ id }, other] = [await rig.subscribe("http://127.0.0.1:1/"), await rig.subscribe("http://127.0.0.1:1/")];
    const environmentId = newId<EnvironmentId>();
    const now = systemClock.now().getTime();
    const at = (minute: number) => new Date(now + (minute - 4) * 60_000);
    const ids = await rig.keep(
      { receivedAt: at(0), triggerName: "paid" },
      { receivedAt: at(1), environmentId },
      { receivedAt: at(2) },
      { receivedAt: at(3), environmentId, triggerName: "paid" },
    );
    const cases: [Parameters<typeof again>[0], (string | undefined)[]][] = [
      [{}, ids],
      [{ filter: { environments: [environmentId] } }, [ids[1], ids[3]]],
      [{ filter: { environments: [] } }, []],
      [{ filter: { trigger: "paid" } }, [ids[0], ids[3]]],
      [{ filter: { from: at(1), to: at(3) } }, [ids[1], ids[2]]],
      [{ eventIds: [ids[2]] as typeof ids }, [ids[2]]],
      [{ eventIds: [] }, []],
      [{ state: "dead", filter: { trigger: "paid" } }, [ids[0], ids[3]]],
      [{ state: "dead", eventIds: [ids[1]] as typeof ids }, [ids[1]]],
      [{ state: "dead", filter: { from: at(2) } }, [ids[2], ids[3]]],
    ];
    for (const [changes, expected] of cases) {
      await settle("dead");
      expect(await again({ ...changes, subscriptionId: id })).toBe(expected.length);
      expect(await waiting(id)).toEqual(expected);
      expect(await waiting(other.id)).toEqual([]);
    }
    await settle("delivered");
    await settle("dead", sql`event_id = ${ids[1]}`);
    expect(await again({ state: "dead" })).toBe(2);
    expect([await waiting(id), await waiting(other.id)]).toEqual([[ids[1]], [ids[1]]]);
  });

  test("arrives with the ids it had, each at least once, though who delivers ends in the middle (D-4)", async () => {
    const count = trials({ change: 300, long: 10_000 });
    const server = await startDestination();
    const { id } = await rig.subscribe(server.url);
    const ids = await rig.keep(...Array.from({ length: count }, () => ({})));
    await settle("dead");
    expect(await again({ state: "dead" }, 200)).toBe(count);
    const first = rig.deliver();
    await until(() => expect(server.sent.length).toBeGreaterThan(count / 10));
    await first.close({ drainMs: 0 });
    rig.deliver();
    await until(async () => expect((await rig.deliveries(id)).filter(({ state }) => state === "delivered")).toHaveLength(count));
    expect([...new Set(server.sent.map((sent) => sent.id))].sort()).toEqual(ids.sort());
  });
});
