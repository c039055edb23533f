import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIds } from "../../src/kernel/ids.ts";
import { type Actors, createActors } from "./actors.ts";
import { leaksIn } from "./canary.ts";
import { type Client, createClient, type Heard } from "./client.ts";
import { createTestClock } from "./clock.ts";
import { engines, type Place } from "./engines.ts";
import { type RunningMooring, runMooring } from "./mooring.ts";

/** Everything a test needs: a running Mooring, a client that checks what it is told, and a cast to send as. */
export interface World extends Client, Actors {
  readonly place: Place;
  readonly mooring: RunningMooring;
  readonly clock: ReturnType<typeof createTestClock>;
  /** What the server made and showed once; it may be in that answer and nowhere else. */
  readonly shownOnce: string[];
  newId(): string;
}

/**
 * Runs `body`'s tests on each engine, or on those of `only`, in a world that they share. The last test of each is the search for secrets in whatever was
 * answered, logged and stored (V-7).
 */
export function onEachEngine(
  title: string,
  body: (world: World) => void,
  { only = engines.map(({ name }) => name), settings = {}, beside }: Surroundings = {},
): void {
  describe.each(engines.filter(({ name }) => only.includes(name)))(`${title}, on $name`, ({ prepare }) => {
    const world = {} as World;
    const heard: Heard = { answers: 0, leaks: [] };
    let other: Beside | undefined;
    beforeAll(async () => {
      other = await beside?.();
      Object.assign(world, await createWorld(await prepare(), heard, { ...settings, ...other?.settings }));
    });
    afterAll(async () => {
      await world.mooring?.close();
      await other?.close();
      await world.place?.remove();
      // Vitest keeps what it ran to the end of the run, and with it all that was logged here and everything the program held.
      for (const name of Object.keys(world)) Reflect.deleteProperty(world, name);
    });
    body(world);
    test("no secret is in an answer, a log line, the metrics or the database (V-7)", async () => {
      const metrics = await world.raw("/metrics");
      const written = [...world.mooring.logLines, metrics.text, await world.mooring.dump()].join("\n");
      expect(heard.leaks).toEqual([]);
      expect(leaksIn(written)).toEqual([]);
      const readable = world.shownOnce.filter((secret) => secret !== "" && written.includes(secret));
      expect(readable).toEqual([]);
      // It was all looked at: the first start is audited, and requests are logged.
      expect(written).toContain("organisation.created");
      expect(world.mooring.logLines.length).toBeGreaterThan(heard.answers / 2);
    });
  });
}

/** What is different about a world. */
interface Surroundings {
  readonly only?: string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Starts something that runs as long as the world does, and that settings name. */
  readonly beside?: () => Promise<Beside>;
}

/** An outside system that a world knows by its settings. */
export interface Beside {
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Settings of a world whose outside systems run beside it. */
export const loopback = { MOORING_EGRESS_ALLOW: "127.0.0.0/8" };

async function createWorld(place: Place, heard: Heard, settings: Readonly<Record<string, string>>): Promise<World> {
  const clock = createTestClock();
  const mooring = await runMooring(place, clock, settings);
  const client = createClient(mooring.origin, heard, mooring.logLines);
  const shownOnce = [mooring.masterKey];
  const { db, people, bootstrap, origin } = mooring;
  const actors = createActors({ client, db, people, clock, origin, bootstrap, shownOnce });
  const newId = createIds(clock);
  return { place, mooring, clock, shownOnce, ...client, ...actors, newId: () => newId<string>() };
}
