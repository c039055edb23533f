import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { connectionRoute } from "../route.tsx";

/** What the connection is, and what becomes of it. */
export const overviewRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "/",
    component: lazyRouteComponent(() => import("./overview.tsx"), "Overview"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "settings",
    component: lazyRouteComponent(() => import("./settings.tsx"), "Settings"),
  }),
] as const;
