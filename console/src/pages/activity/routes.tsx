import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";
import { text } from "../../routes/text.ts";

/** What the list of calls is narrowed to, as it stands in the address. */
export interface CallFilters {
  readonly connection?: string | undefined;
  readonly environment?: string | undefined;
  readonly actor?: string | undefined;
  readonly status?: string | undefined;
  readonly origin?: "upstream" | "gateway" | "aborted" | undefined;
}

const origins = ["upstream", "gateway", "aborted"] as const;

/** What happened: calls, and changes. */
export const activityRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "calls",
    validateSearch: ({ connection, environment, actor, status, origin }: Record<string, unknown>): CallFilters => ({
      connection: text(connection),
      environment: text(environment),
      actor: text(actor),
      status: text(status),
      origin: origins.find((one) => one === origin),
    }),
    component: lazyRouteComponent(() => import("./calls.tsx"), "Calls"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "calls/$call",
    component: lazyRouteComponent(() => import("./call.tsx"), "OneCall"),
  }),
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "audit",
    component: lazyRouteComponent(() => import("./audit.tsx"), "Audit"),
  }),
] as const;
