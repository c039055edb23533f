import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { connectionRoute } from "../route.tsx";

/** What can be called, state by state. */
export const contentRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "versions",
    component: lazyRouteComponent(() => import("./versions.tsx"), "Versions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "versions/$version",
    component: lazyRouteComponent(() => import("./version.tsx"), "OneVersion"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "definitions",
    component: lazyRouteComponent(() => import("./definitions.tsx"), "Definitions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "definitions/$version/$definition",
    component: lazyRouteComponent(() => import("./definition.tsx"), "OneDefinition"),
  }),
] as const;
