import type { QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { memberQuery, type Person } from "../../api/session.ts";
import { lastOrganisation } from "../../frame/last-organisation.ts";
import { prefetchHome } from "../home/queries.ts";

/** From `/` on to the organisation that was open last, or the only one there is; else to the choice. Always throws the way. */
export async function entrance(queries: QueryClient, person: Person): Promise<never> {
  const { items } = (await queries.ensureQueryData(queryOf("ListOrganisations", { query: { first: 100 } }))).body;
  const last = lastOrganisation();
  const org = items.find(({ id }) => id === last) ?? (items.length === 1 ? items[0] : undefined);
  // Home needs these as soon as it is there: asked for now, one way to the server and back is saved.
  if (org) {
    void queries.prefetchQuery(memberQuery(org.id, person.id));
    prefetchHome(queries, org.id, { span: "hour", isAdmin: false });
  }
  throw org ? redirect({ to: "/o/$org", params: { org: org.id }, replace: true }) : redirect({ to: "/organisations", replace: true });
}
