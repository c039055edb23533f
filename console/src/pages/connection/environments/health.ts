import type { CredentialHealth } from "@mooring/contract";
import { queryOf } from "../../../api/queries.ts";

/** How one use of a credential is doing. */
export type UseHealth = CredentialHealth;

/** How a connection's environments and their credentials are doing; asked again while somebody looks. */
export const healthQuery = (org: string, connection: string) => ({
  ...queryOf("GetConnectionHealth", { params: { organisation_id: org, connection_id: connection } }),
  refetchInterval: 15_000,
});
