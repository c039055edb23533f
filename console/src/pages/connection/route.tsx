import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { organisationRoute } from "../../routes/organisation.tsx";

/** Everything about one connection, below its name and tabs. */
export const connectionRoute = createRoute({
  getParentRoute: () => organisationRoute,
  path: "connections/$connection",
  loader: ({ context: { queries }, params: { org, connection } }) =>
    queries.ensureQueryData(queryOf("GetConnection", { params: { organisation_id: org, connection_id: connection } })),
  component: lazyRouteComponent(() => import("./frame.tsx"), "ConnectionFrame"),
});
