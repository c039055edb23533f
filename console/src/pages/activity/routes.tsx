import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";

/** What happened: calls, and changes. */
export const activityRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "calls",
    component: lazyRouteComponent(() => import("./calls.tsx"), "Calls"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "audit",
    component: lazyRouteComponent(() => import("./audit.tsx"), "Audit"),
  }),
] as const;
