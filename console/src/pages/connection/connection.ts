import type { Connection } from "@mooring/contract";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";

/** The connection of the page that is open, as it was read last; only below `/o/$org/connections/$connection`. */
export function useConnection(): Connection {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  return useSuspenseQuery(queryOf("GetConnection", { params: { organisation_id: org, connection_id: connection } })).data;
}
