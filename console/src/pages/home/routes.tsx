import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { memberQuery } from "../../api/session.ts";
import { organisationRoute } from "../../routes/organisation.tsx";
import { prefetchHome, type Span } from "./queries.ts";

/** The first page of an organisation, and the person's own. */
export const homeRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "/",
    validateSearch: ({ span }: Record<string, unknown>): { span?: "day" | undefined } => ({ span: span === "day" ? span : undefined }),
    loaderDeps: ({ search: { span } }): { span: Span } => ({ span: span ?? "hour" }),
    loader: ({ context: { queries, person }, params: { org }, deps: { span } }) => {
      const isAdmin = queries.getQueryData(memberQuery(org, person.id).queryKey)?.scopes.includes("organisation:admin") ?? false;
      prefetchHome(queries, org, { span, isAdmin });
    },
    component: lazyRouteComponent(() => import("./home.tsx"), "Home"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "profile",
    component: lazyRouteComponent(() => import("./profile.tsx"), "Profile"),
  }),
] as const;
