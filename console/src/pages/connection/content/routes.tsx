import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { text } from "../../../routes/text.ts";
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
    // Which version it is held against.
    validateSearch: ({ against }: Record<string, unknown>): { against?: string | undefined } => ({ against: text(against) }),
    component: lazyRouteComponent(() => import("./version.tsx"), "OneVersion"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "definitions",
    validateSearch: ({ version, name }: Record<string, unknown>): { version?: string | undefined; name?: string | undefined } => ({
      version: text(version),
      name: text(name),
    }),
    component: lazyRouteComponent(() => import("./definitions.tsx"), "Definitions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "definitions/new",
    validateSearch: ({ version }: Record<string, unknown>): { version?: string | undefined } => ({ version: text(version) }),
    component: lazyRouteComponent(() => import("./new-definitions.tsx"), "NewDefinitions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "definitions/$version/$definition",
    component: lazyRouteComponent(() => import("./definition.tsx"), "OneDefinition"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "definitions/$version/$definition/edit",
    component: lazyRouteComponent(() => import("./definition.tsx"), "EditDefinition"),
  }),
] as const;
