import { queryOptions } from "@tanstack/react-query";
import { fill, send } from "../../../api/client.ts";
import type { CredentialCondition } from "../../credentials/state.tsx";

/** How one use of a credential is doing. */
export interface UseHealth {
  readonly id: string;
  readonly state: CredentialCondition;
  readonly reason?: string;
  readonly lastUsedAt?: string;
}

interface ConnectionHealth {
  readonly environments: readonly {
    readonly id: string;
    readonly health: string;
    readonly callsLastHour: number;
    readonly failuresLastHour: number;
    readonly lastCallAt?: string;
    readonly credentials: { readonly action: readonly UseHealth[]; readonly trigger: readonly UseHealth[] };
  }[];
}

/** How a connection's environments and their credentials are doing. */
export const healthQuery = (org: string, connection: string) =>
  queryOptions({
    queryKey: ["GetConnectionHealth", org, connection],
    queryFn: async ({ signal }) =>
      (await send<ConnectionHealth>("GET", fill("/o/{org}/connections/{connection}/health", { org, connection }), { signal })).body,
    refetchInterval: 15_000,
  });
