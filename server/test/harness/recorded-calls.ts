import { blocksOf, type EndedCall } from "../../src/domain/call.ts";
import type { ApiKeyId, OrganisationId } from "../../src/kernel/ids.ts";
import { appendCalls } from "../../src/store/calls.ts";
import type { Database } from "../../src/store/database.ts";

/** A call as it is known when it has ended: `GET /` by a key, answered 200 by the outside system, unless `changes` says otherwise. */
export function recordedCall(changes: Partial<EndedCall> & Pick<EndedCall, "id">): EndedCall {
  return {
    actor: { kind: "api-key", id: "01KAKEY0000000000000000001" as ApiKeyId },
    place: {
      connectionId: "01KAC0NN000000000000000001",
      environmentId: "01KAENV0000000000000000001",
      credentialIds: ["01KACRED000000000000000001"],
    },
    method: "GET",
    path: "/",
    query: "",
    status: 200,
    origin: "upstream",
    code: undefined,
    durationUs: 1500,
    bytesIn: 0,
    bytesOut: 12,
    attempts: 1,
    ...changes,
  };
}

/** Writes calls down as a node does, in one transaction. */
export async function recordCalls(
  db: Database,
  org: string,
  calls: readonly EndedCall[],
  { callsMax = 1_000_000 }: { callsMax?: number } = {},
): Promise<void> {
  await db.write(org as OrganisationId, (tx) => appendCalls(tx, org as OrganisationId, blocksOf(calls), { callsMax }));
}
