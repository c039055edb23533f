import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { connectionRoute } from "../route.tsx";

/** Instances of the outside system. */
export const environmentRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "environments",
    component: lazyRouteComponent(() => import("./environments.tsx"), "Environments"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "environments/$environment",
    component: lazyRouteComponent(() => import("./environment.tsx"), "OneEnvironment"),
  }),
] as const;
