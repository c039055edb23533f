import { afterAll, beforeAll } from "vitest";
import { type Cargo, load } from "./cargo.ts";
import { type Stage, startStage } from "./stage.ts";

/** A stage with its cargo for all tests of a file; both are there once the tests run. */
export function loadedStage(): { stage: Stage; cargo: Cargo } {
  const loaded = {} as { stage: Stage; cargo: Cargo };
  beforeAll(async () => {
    loaded.stage = await startStage();
    loaded.cargo = await load(loaded.stage);
  });
  afterAll(async () => {
    await loaded.cargo?.outside.close();
    await loaded.stage?.close();
  });
  return loaded;
}
