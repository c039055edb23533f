import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { connectionRoute } from "../route.tsx";

/** What comes in, and where it goes. */
export const eventRoutes = [
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "triggers",
    component: lazyRouteComponent(() => import("./triggers.tsx"), "Triggers"),
  }),
  createRoute({
    getParentRoute: () => connectionRoute,
    path: "triggers/$version/$trigger",
    component: lazyRouteComponent(() => import("./trigger.tsx"), "OneTrigger"),
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
    path: "subscriptions/$subscription",
    component: lazyRouteComponent(() => import("./subscription.tsx"), "OneSubscription"),
  }),
] as const;
