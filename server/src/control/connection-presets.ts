import type { ConnectionPresetList } from "@mooring/contract";
import { connectionPresets } from "../protocols/http/presets.ts";

/** What connections to well-known APIs need, by name: the same for everybody. */
export const listConnectionPresets = (): ConnectionPresetList => answer;

// Frozen, so that its text is made once.
const answer: ConnectionPresetList = Object.freeze({ presets: [...connectionPresets] });
