import { createRoute, Outlet, redirect } from "@tanstack/react-router";
import { sessionQuery } from "../api/session.ts";
import { rootRoute } from "./root.tsx";

/** Pages for somebody who is signed in; anybody else signs in first and comes back. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ context: { queries }, location }) => {
    const person = await queries.ensureQueryData(sessionQuery);
    if (!person) throw redirect({ to: "/sign-in", search: { next: location.pathname === "/" ? undefined : location.href } });
    return { person };
  },
  component: Outlet,
});
