import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { Broken } from "../frame/broken.tsx";

/** The root of all pages. */
export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, errorComponent: Broken });
