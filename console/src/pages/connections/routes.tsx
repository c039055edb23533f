import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";

/** All connections, and making one. */
export const connectionRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections",
    component: lazyRouteComponent(() => import("./list.tsx"), "Connections"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections/new",
    component: lazyRouteComponent(() => import("./new.tsx"), "NewConnection"),
  }),
] as const;
