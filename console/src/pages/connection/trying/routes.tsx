import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { text } from "../../../routes/text.ts";
import { connectionRoute } from "../route.tsx";

// `?try` alone is enough.
const flag = (value: unknown) => (value === undefined || value === false ? undefined : true);

/** What can be called, and calling it. */
export const tryingRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "actions",
    validateSearch: (search: Record<string, unknown>): { version?: string | undefined; name?: string | undefined } => ({
      version: text(String(search.version ?? "")),
      name: text(String(search.name ?? "")),
    }),
    component: lazyRouteComponent(() => import("./actions.tsx"), "Actions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "actions/$version/$action",
    validateSearch: (
      search: Record<string, unknown>,
    ): { try?: true | undefined; edit?: true | undefined; environment?: string | undefined } => ({
      try: flag(search.try),
      edit: flag(search.edit),
      environment: text(search.environment),
    }),
    component: lazyRouteComponent(() => import("./action.tsx"), "OneAction"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "call",
    validateSearch: (search: Record<string, unknown>): { environment?: string | undefined } => ({ environment: text(search.environment) }),
    component: lazyRouteComponent(() => import("./call-any.tsx"), "CallAny"),
  }),
] as const;
