import type { CallActor } from "@mooring/contract";
import { useQueries, useQuery } from "@tanstack/react-query";
import { queryOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";

/** What connections and environments are called, for calls that know their ids; an id stands for what is gone. */
export function useConnectionNames(ids: readonly string[]): (connection: string, environment?: string) => string {
  const org = useOrganisation();
  const found = useQueries({
    queries: [...new Set(ids)].slice(0, namesMax).map((id) => ({
      ...queryOf("GetConnection", { params: { organisation_id: org, connection_id: id } }),
      staleTime: 60_000,
    })),
    combine: (all) => all.flatMap(({ data }) => data ?? []),
  });
  return (connection, environment) => {
    const one = found.find(({ id }) => id === connection);
    if (environment === undefined) return one?.name ?? connection;
    return one?.environments.find(({ id }) => id === environment)?.name ?? environment;
  };
}

const namesMax = 60;

/** Who people and keys are, for whoever may know; an id for anybody else, and for what is gone. */
export function useActorNames(): {
  readonly nameOf: (actor: CallActor) => string;
  readonly known: readonly { value: string; label: string }[];
} {
  const org = useOrganisation();
  const isAdmin = useMay()("organisation:admin");
  const params = { organisation_id: org };
  const members = useQuery(queryOf("ListMembers", { params, query: { first: 100 } }));
  const keys = useQuery({ ...queryOf("ListApiKeys", { params, query: { first: 100 } }), enabled: isAdmin });
  const known = [...(members.data?.items ?? []), ...(keys.data?.items ?? [])].map(({ id, name }) => ({ value: id, label: name }));
  return { known, nameOf: ({ id }) => known.find(({ value }) => value === id)?.label ?? id };
}
