import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { text } from "../../../routes/text.ts";
import { connectionRoute } from "../route.tsx";

/** What an inbox is narrowed to, as it stands in the address. */
export interface InboxFilters {
  readonly environment?: string | undefined;
  readonly trigger?: string | undefined;
  readonly origin?: "verified" | "unverified" | "own" | undefined;
}

const origins = ["verified", "unverified", "own"] as const;
const states = ["waiting", "delivered", "dead", "skipped"] as const;

/** What comes in, and where it goes. */
export const eventRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "triggers",
    validateSearch: ({ version }: Record<string, unknown>): { version?: string | undefined } => ({ version: text(version) }),
    component: lazyRouteComponent(() => import("./triggers.tsx"), "Triggers"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "triggers/new",
    validateSearch: ({ version }: Record<string, unknown>): { version?: string | undefined } => ({ version: text(version) }),
    component: lazyRouteComponent(() => import("./new-trigger.tsx"), "NewTrigger"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "triggers/$version/$trigger",
    validateSearch: ({ environment }: Record<string, unknown>): { environment?: string | undefined } => ({
      environment: text(environment),
    }),
    component: lazyRouteComponent(() => import("./trigger.tsx"), "OneTrigger"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "events",
    validateSearch: ({ environment, trigger, origin }: Record<string, unknown>): InboxFilters => ({
      environment: text(environment),
      trigger: text(trigger),
      origin: origins.find((one) => one === origin),
    }),
    component: lazyRouteComponent(() => import("./inbox.tsx"), "Inbox"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "events/$event",
    component: lazyRouteComponent(() => import("./event.tsx"), "OneEvent"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "subscriptions",
    component: lazyRouteComponent(() => import("./subscriptions.tsx"), "Subscriptions"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "subscriptions/new",
    component: lazyRouteComponent(() => import("./new-subscription.tsx"), "NewSubscription"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "subscriptions/$subscription",
    validateSearch: ({ state }: Record<string, unknown>): { state?: (typeof states)[number] | undefined } => ({
      state: states.find((one) => one === state),
    }),
    component: lazyRouteComponent(() => import("./subscription.tsx"), "OneSubscription"),
  }),
] as const;
