import type { StoredEvent } from "../domain/event.ts";
import type { Received } from "../domain/received.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Seals } from "./seals.ts";

/** The request of an unverified event as it came, without masks; undefined when it was not kept. Throws VaultError when it does not open. */
export async function openOriginal(
  seals: Seals,
  org: OrganisationId,
  { id, sealed, method, body, receivedAt }: Pick<StoredEvent, "id" | "sealed" | "method" | "body" | "receivedAt">,
): Promise<Received | undefined> {
  if (sealed === undefined) return undefined;
  const sealer = await seals.of(org);
  const { original } = sealer.open({ purpose: "event", id, revision: 1 }, JSON.parse(sealed) as Record<string, string>);
  if (!original) return undefined;
  const { rawHeaders, url } = JSON.parse(original.reveal()) as Pick<Received, "rawHeaders" | "url">;
  return { method: method ?? "", url, rawHeaders, body, receivedAt };
}
