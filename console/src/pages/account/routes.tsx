import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../routes/root.tsx";
import { signedInRoute } from "../../routes/signed-in.tsx";

/** Getting in: `outside` for everybody, `inside` for whoever is signed in. */
export const accountRoutes = {
  outside: [
    createRoute({
      getParentRoute: () => rootRoute,
      path: "sign-in",
      validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({
        // A path of the console and nothing else: an address from elsewhere must not decide where somebody lands.
        next: typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined,
      }),
      component: lazyRouteComponent(() => import("./sign-in.tsx"), "SignIn"),
    }),
  ],
  inside: [
    createRoute({
      getParentRoute: () => signedInRoute,
      path: "/",
      component: lazyRouteComponent(() => import("./organisations.tsx"), "Entrance"),
    }),
    createRoute({
      getParentRoute: () => signedInRoute,
      path: "organisations",
      component: lazyRouteComponent(() => import("./organisations.tsx"), "Organisations"),
    }),
  ],
} as const;
