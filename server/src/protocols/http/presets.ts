import type { ConnectionPreset } from "@mooring/contract";
import github from "./presets/github.json" with { type: "json" };

/** What a connection to each of these well-known APIs needs, by name: data alone, which fills in what a person would. */
export const connectionPresets = [github] as readonly ConnectionPreset[];
