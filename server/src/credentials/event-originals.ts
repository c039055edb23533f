import type { Received } from "../domain/received.ts";
import type { EventId } from "../kernel/ids.ts";
import type { Sealer } from "./seals.ts";

/** What the masks of an event hide. */
export type Original = Pick<Received, "rawHeaders" | "url">;

/** What an unverified event came with, as it is kept: so that it can be verified again once a secret was mended. */
export function sealOriginal(sealer: Sealer, id: EventId, { rawHeaders, url }: Original): string {
  return JSON.stringify(sealer.seal(recordOf(id), { original: JSON.stringify({ rawHeaders, url }) }));
}

/** The reverse. Throws VaultError on anything that `sealOriginal` did not make for this event. */
export function openOriginal(sealer: Sealer, id: EventId, sealed: string): Original {
  const { original } = sealer.open(recordOf(id), JSON.parse(sealed));
  return JSON.parse(original?.reveal() ?? "{}") as Original;
}

const recordOf = (id: EventId) => ({ purpose: "event", id, revision: 1 }) as const;
