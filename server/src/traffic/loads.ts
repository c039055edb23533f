import { createKept, type KeptBound } from "../domain/kept.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { createTurns } from "./turns.ts";

/** What was loaded from the database and is kept in memory until a committed change may have touched it. */
export interface Loads<Value> {
  /** At once what is in memory. Undefined where it must be loaded, and always while changes cannot be heard. */
  find(key: string): Value | undefined;
  /** Loads and keeps it: once for however many ask at the same time. Undefined when there is none, which is not kept. */
  load(key: string, about: About, work: () => Promise<Value | undefined>): Promise<Value | undefined>;
  /** Forgets what a change touched. A load that is under way still answers those who wait, and nobody who asks from now on. */
  forget(touches: { readonly value: (value: Value) => boolean; readonly load: (about: About) => boolean }): void;
  /** How many are kept. */
  size(): number;
}

/** What is known of a value before it is there. */
export interface About {
  readonly org: OrganisationId;
  readonly connectionId: string;
}

export interface LoadsDeps<Value> extends KeptBound<Value> {
  /** False while changes cannot be heard: nothing kept may be trusted then, and everybody loads. */
  readonly isLive: () => boolean;
  /** How many are loaded at a time, in turns of organisations. */
  readonly loadsMax: number;
}

export function createLoads<Value>({ isLive, loadsMax, ...bound }: LoadsDeps<Value>): Loads<Value> {
  const inTurn = createTurns({ placesMax: loadsMax });
  const kept = createKept<Value>(bound);
  const loads = new Map<string, Load<Value>>();
  return { find, load, forget, size: kept.size };

  function find(key: string): Value | undefined {
    if (isLive()) return kept.get(key);
    kept.clear();
    return undefined;
  }

  function load(key: string, about: About, work: () => Promise<Value | undefined>): Promise<Value | undefined> {
    if (!isLive()) return inTurn(about.org, work);
    const running = loads.get(key);
    if (running) return running.result;
    const started: Load<Value> = { about, result: run() };
    loads.set(key, started);
    return started.result;

    async function run(): Promise<Value | undefined> {
      try {
        const value = await inTurn(about.org, work);
        // A change that came meanwhile has taken this load off the list: what it read may be older than the change.
        if (value !== undefined && loads.get(key) === started && isLive()) kept.set(key, value);
        return value;
      } finally {
        if (loads.get(key) === started) loads.delete(key);
      }
    }
  }

  function forget(touches: Parameters<Loads<Value>["forget"]>[0]): void {
    kept.drop(touches.value);
    for (const [key, { about }] of loads) if (touches.load(about)) loads.delete(key);
  }
}

interface Load<Value> {
  readonly about: About;
  readonly result: Promise<Value | undefined>;
}
