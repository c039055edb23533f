import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";

/** Who works here: people and programs. */
export const peopleRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "members",
    component: lazyRouteComponent(() => import("./members.tsx"), "Members"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "api-keys",
    component: lazyRouteComponent(() => import("./api-keys.tsx"), "ApiKeys"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "api-keys/new",
    component: lazyRouteComponent(() => import("./new-api-key.tsx"), "NewApiKey"),
  }),
] as const;
