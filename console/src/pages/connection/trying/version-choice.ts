import type { ConnectionVersion } from "@mooring/contract";
import { useSuspenseQuery } from "@tanstack/react-query";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { useConnection } from "../connection.ts";

/** The versions of the connection that is open: what `default` means first, then drafts and published ones, the newest first. */
export function useVersions(): readonly ConnectionVersion[] {
  const org = useOrganisation();
  const { id } = useConnection();
  const query = queryOf("ListConnectionVersions", { params: { organisation_id: org, connection_id: id }, query: { first: 100 } });
  const { items } = useSuspenseQuery(query).data;
  return [...items.filter(({ isDefault }) => isDefault), ...items.filter(({ isDefault }) => !isDefault)];
}

/** What to call a version in a list of them. */
export function versionWords({ name, isDefault, isLatest, publishedAt }: ConnectionVersion): string {
  if (publishedAt === null) return `${name} · draft`;
  return [name, isDefault && "default", isLatest && "latest"].filter(Boolean).join(" · ");
}
