import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sessionQuery } from "../../api/session.ts";
import { rootRoute } from "../../routes/root.tsx";
import { signedInRoute } from "../../routes/signed-in.tsx";
import { entrance } from "./entrance.ts";

/** Getting in: `outside` for everybody, `inside` for whoever is signed in. */
export const accountRoutes = {
  outside: [
    createRoute({
      getParentRoute: () => rootRoute,
      path: "sign-in",
      validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({
        // A path of the console and nothing else: an address from elsewhere must not decide where somebody lands.
        next: typeof next === "string" ? withinConsole(next) : undefined,
      }),
      beforeLoad: async ({ context: { queries }, cause, location, search: { next = "/" } }) => {
        // Whoever opens a link wants to be the person it is for, also when the token is out of the address by now.
        if (cause !== "enter" || location.hash !== "") return;
        const person = await queries.fetchQuery(sessionQuery).catch(() => null);
        if (person) throw redirect({ href: next, replace: true });
      },
      component: lazyRouteComponent(() => import("./sign-in.tsx"), "SignIn"),
    }),
    createRoute({
      getParentRoute: () => rootRoute,
      path: "invitation",
      component: lazyRouteComponent(() => import("./invitation.tsx"), "Invitation"),
    }),
  ],
  inside: [
    createRoute({
      getParentRoute: () => signedInRoute,
      path: "/",
      beforeLoad: ({ context: { queries, person } }) => entrance(queries, person),
    }),
    createRoute({
      getParentRoute: () => signedInRoute,
      path: "organisations",
      validateSearch: ({ create }: Record<string, unknown>): { create?: true | undefined } => ({ create: create === true || undefined }),
      component: lazyRouteComponent(() => import("./organisations.tsx"), "Organisations"),
    }),
  ],
} as const;

/** The path as a browser understands it, without its dots and control characters; undefined when it leads out of the console. */
function withinConsole(path: string): string | undefined {
  if (!/^\/(?![/\\])/.test(path) || !URL.canParse(`/console${path}`, location.origin)) return undefined;
  const { origin, pathname, search, hash } = new URL(`/console${path}`, location.origin);
  const isWithin = origin === location.origin && /^\/console\/(?!\/)/.test(pathname);
  return isWithin ? pathname.slice("/console".length) + search + hash : undefined;
}
