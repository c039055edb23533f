import { createRoute } from "@tanstack/react-router";
import { queryOf } from "../api/queries.ts";
import { memberQuery } from "../api/session.ts";
import { rememberOrganisation } from "../frame/last-organisation.ts";
import { Shell } from "../frame/shell.tsx";
import { signedInRoute } from "./signed-in.tsx";

/** Everything in one organisation, `/o/$org`, inside the frame with the navigation. */
export const organisationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "o/$org",
  beforeLoad: async ({ context: { queries, person }, params: { org } }) => {
    void queries.prefetchQuery(queryOf("GetOrganisation", { params: { organisation_id: org } }));
    await queries.ensureQueryData(memberQuery(org, person.id));
    rememberOrganisation(org);
  },
  component: Shell,
});
