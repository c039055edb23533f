import type { StoredEvent } from "../domain/event.ts";
import type { Received } from "../domain/received.ts";
import type { EventId, OrganisationId } from "../kernel/ids.ts";
import type { Seals } from "./seals.ts";

/** What the masks of an unverified event hide, as it is kept: so that it can be verified again once a secret was mended. */
export async function sealOriginal(seals: Seals, org: OrganisationId, id: EventId, { rawHeaders, url }: Received): Promise<string> {
  const sealer = await seals.of(org);
  return JSON.stringify(sealer.seal(recordOf(id), { original: JSON.stringify({ rawHeaders, url }) }));
}

/** The request of an unverified event as it came, without masks; undefined when it was not kept. Throws VaultError when it does not open. */
export async function openOriginal(
  seals: Seals,
  org: OrganisationId,
  { id, sealed, method, body, receivedAt }: Pick<StoredEvent, "id" | "sealed" | "method" | "body" | "receivedAt">,
): Promise<Received | undefined> {
  if (sealed === undefined) return undefined;
  const sealer = await seals.of(org);
  const { original } = sealer.open(recordOf(id), JSON.parse(sealed) as Record<string, string>);
  if (!original) return undefined;
  const { rawHeaders, url } = JSON.parse(original.reveal()) as Pick<Received, "rawHeaders" | "url">;
  return { method: method ?? "", url, rawHeaders, body, receivedAt };
}

const recordOf = (id: EventId) => ({ purpose: "event", id, revision: 1 }) as const;
