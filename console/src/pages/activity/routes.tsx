import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { organisationRoute } from "../../routes/organisation.tsx";

/** What the list of calls is narrowed to, as it stands in the address. */
export interface CallFilters {
  readonly connection?: string;
  readonly environment?: string;
  readonly actor?: string;
  readonly status?: string;
  readonly origin?: "upstream" | "gateway" | "aborted";
}

const origins = ["upstream", "gateway", "aborted"] as const;

/** What happened: calls, and changes. */
export const activityRoutes = [
  createRoute({
    getParentRoute: () => organisationRoute,
    path: "calls",
    validateSearch: ({ connection, environment, actor, status, origin }: Record<string, unknown>): CallFilters => ({
      ...text("connection", connection),
      ...text("environment", environment),
      ...text("actor", actor),
      ...text("status", status),
      ...(origins.some((one) => one === origin) && { origin: origin as (typeof origins)[number] }),
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

// An address reads 404 as a number.
const text = (name: keyof CallFilters, value: unknown) =>
  (typeof value === "string" && value !== "") || typeof value === "number" ? { [name]: String(value) } : {};
