import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";
import { readSearch } from "./search.ts";

/** All connections, and the ways of making one. */
export const connectionRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections",
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import("./list.tsx"), "Connections"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections/new",
    component: lazyRouteComponent(() => import("./new.tsx"), "NewConnection"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections/new/scratch",
    component: lazyRouteComponent(() => import("./scratch.tsx"), "FromNothing"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections/new/file",
    component: lazyRouteComponent(() => import("./file.tsx"), "FromFile"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "connections/new/preset/$preset",
    component: lazyRouteComponent(() => import("./preset.tsx"), "FromPreset"),
  }),
] as const;
