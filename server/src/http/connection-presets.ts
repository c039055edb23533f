import { listConnectionPresets } from "../control/connection-presets.ts";
import type { Handlers } from "./handlers.ts";

/** The handler of presets of connections. */
export function connectionPresetHandlers(): Pick<Handlers, "ListConnectionPresets"> {
  return { ListConnectionPresets: () => listConnectionPresets() };
}
