import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { connectionRoute } from "../route.tsx";

/** What can be called, and calling it. */
export const tryingRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "actions",
    component: lazyRouteComponent(() => import("./actions.tsx"), "Actions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "actions/$version/$action",
    component: lazyRouteComponent(() => import("./action.tsx"), "OneAction"),
  }),
] as const;
