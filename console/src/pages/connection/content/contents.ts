import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { queryOf } from "../../../api/queries.ts";

/** One kind of what a version holds. */
export interface ContentCount {
  readonly kind: "action" | "trigger" | "definition";
  /** How many there are; undefined while it is not known. */
  readonly total: number | undefined;
}

/** How many actions, triggers and definitions a version holds. */
export function useContents(version: string): readonly ContentCount[] {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const given = { params: { organisation_id: org, connection_id: connection, version }, query: { first: 1 } };
  const actions = useQuery(queryOf("GetActions", given));
  const triggers = useQuery(queryOf("GetTriggers", given));
  const definitions = useQuery(queryOf("GetDefinitions", given));
  return [
    { kind: "action", total: actions.data?.totalCount },
    { kind: "trigger", total: triggers.data?.totalCount },
    { kind: "definition", total: definitions.data?.totalCount },
  ];
}
