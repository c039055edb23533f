import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";

/** The organisation's secrets. */
export const credentialRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "credentials",
    component: lazyRouteComponent(() => import("./list.tsx"), "Credentials"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "credentials/new",
    component: lazyRouteComponent(() => import("./new.tsx"), "NewCredential"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "credentials/$credential",
    component: lazyRouteComponent(() => import("./credential.tsx"), "OneCredential"),
  }),
] as const;
