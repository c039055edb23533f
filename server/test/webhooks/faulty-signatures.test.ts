import type { AuthSchemeConfigHMAC } from "@mooring/contract";
import { beforeAll, expect, test } from "vitest";
import { newTrigger } from "../harness/content.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";
import { type FaultyCase, faultyCases, faultyKey, goodCase, written } from "../schemes/signature-faults.ts";
import { eventsOf, sendEvent } from "./rig.ts";

onEachEngine("events with a signature that must not pass", (world) => {
  let rig: Parameters<typeof eventsOf>[1];
  const pathOf = new Map<string, string>();
  const nameOf = ({ in: place, algorithm, signature }: AuthSchemeConfigHMAC) => `${place}-${algorithm}-${signature?.encoding}`;

  beforeAll(async () => {
    const key = await world.as("key");
    const configs = written.map((how) => goodCase(how).config);
    const environments = configs.map((config) => ({
      name: nameOf(config),
      credentials: {
        trigger: [{ authSchemeConfig: config, credential: { name: "hook", type: "string" as const, data: { value: faultyKey } } }],
      },
      variables: [],
    }));
    const { id } = await createConnection(world, smallConnection({ environments }));
    const params = { connection_id: id, version: "1" };
    await world.must(key, "CreateTrigger", { params, body: newTrigger({ name: "paid" }) });
    await world.must(key, "PublishConnection", { params });
    rig = { org: key.org as never, connection: id };
    for (const { name } of environments) pathOf.set(name, `/o/${key.org}/connections/${id}/environments/${name}/triggers/paid`);
  });

  const send = ({ config, query, headers, body }: FaultyCase) => {
    const path = `${pathOf.get(nameOf(config))}${query === "" ? "" : `?${query}`}`;
    return sendEvent(world, path, { headers: headers.map(([name, value]) => [name, value] as [string, string]), body });
  };

  test("are answered 401, each of 20 faults in 3 places with 3 hashes in 2 encodings, and none is an error of ours (W-2)", async () => {
    const statuses: string[] = [];
    for (let at = 0; at < faultyCases.length; at += 40) {
      const some = faultyCases.slice(at, at + 40);
      const answers = await Promise.all(some.map(send));
      for (const [index, { status }] of answers.entries()) if (status !== 401) statuses.push(`${some[index]?.name}: ${status}`);
    }
    expect(faultyCases).toHaveLength(360);
    expect(statuses).toEqual([]);
    expect((await eventsOf(world, rig)).filter(({ origin }) => origin !== "unverified")).toEqual([]);
    const good = await Promise.all(written.map((how) => send(goodCase(how))));
    expect(good.map(({ status }) => status)).toEqual(written.map(() => 202));
  });
});
