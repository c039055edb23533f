import { ConnectionPresetList } from "../schemas/connection-preset.ts";
import type { Operation } from "./operation.ts";

export const connectionPresetOperations = {
  ListConnectionPresets: {
    method: "GET",
    path: "/o/{organisation_id}/connection-presets",
    tag: "Connections",
    access: "member",
    summary: "List well-known APIs",
    description:
      "What a connection to each of them needs: base URL, ways to prove identity, OAuth addresses and scopes. All of them on one page.",
    success: { status: 200, body: ConnectionPresetList },
  },
} as const satisfies Record<string, Operation>;
