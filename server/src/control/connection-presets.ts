import type { ConnectionPresetList } from "@mooring/contract";

/** What connections to well-known APIs need, by name: the same for everybody. Its files are read when somebody first asks, not at the start. */
export async function listConnectionPresets(): Promise<ConnectionPresetList> {
  const { connectionPresets } = await import("../protocols/http/presets.ts");
  // Frozen, so that its text is made once.
  answer ??= Object.freeze({ presets: [...connectionPresets] });
  return answer;
}

let answer: ConnectionPresetList | undefined;
