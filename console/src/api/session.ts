import type { Member, Scope } from "@mooring/contract";
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { call, send } from "./client.ts";
import { Refusal } from "./problem.ts";

/** Who is signed in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly hasPassword: boolean;
}

/** The person who is signed in; undefined when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => (await send<{ person?: Person }>("GET", "/auth/session", { signal })).body.person ?? null,
  staleTime: 60_000,
  // An ended session must not take the page away from under somebody who types: what is asked next tells it, and the page stays.
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
});

/** Who the signed-in person is in an organisation, and so what they may do there. */
export const memberQuery = (org: string, person: string) =>
  queryOptions({
    queryKey: ["GetMember", "self", org, person],
    queryFn: async ({ signal }) =>
      (await call("GetMember", { params: { organisation_id: org, user_id: person } }, { signal })).body as Member,
    staleTime: 30_000,
  });

/** The organisation of the page that is open; only below `/o/$org`. */
export function useOrganisation(): string {
  return useParams({ from: "/signed-in/o/$org" }).org;
}

/** The person who is signed in; only on pages that need one. */
export function usePerson(): Person {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new Refusal(401, { code: "unauthenticated", message: "You are signed out. Sign in again." }, undefined);
  return data;
}

/** The member that the person is in the organisation of this page. */
export function useMember(): Member {
  return useSuspenseQuery(memberQuery(useOrganisation(), usePerson().id)).data;
}

/** Whether the person may do what needs `scope`: `const may = useMay(); may("connections:write")`. The API decides; this only hides what it would refuse. */
export function useMay(): (scope: Scope) => boolean {
  const { scopes } = useMember();
  return (scope) => scopes.includes(scope);
}
