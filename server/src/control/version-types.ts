import { versionTypes } from "../domain/version-types.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Call, ControlDeps } from "./change.ts";
import { readContent } from "./content.ts";
import { contentOf, inTurnOfVersions, inTurns } from "./version-content.ts";

/** A TypeScript declaration file for callers of the version's actions. Throws `Problem` not_found. */
export async function types(deps: ControlDeps, call: Call, connectionId: ConnectionId, name: string): Promise<string> {
  return inTurnOfVersions(call.actor.org, () =>
    readContent(deps, call, connectionId, name, async ({ tx, org, version }) =>
      inTurns(versionTypes(await contentOf(tx, org, version.id))),
    ),
  );
}
