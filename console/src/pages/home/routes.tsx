import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";

/** The first page of an organisation, and the person's own. */
export const homeRoutes = [
  createRoute({ getParentRoute: () => organisationRoute, path: "/", component: lazyRouteComponent(() => import("./home.tsx"), "Home") }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "profile",
    component: lazyRouteComponent(() => import("./profile.tsx"), "Profile"),
  }),
] as const;
