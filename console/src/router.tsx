import type { QueryClient } from "@tanstack/react-query";
import { createRouter, parseSearchWith, stringifySearchWith } from "@tanstack/react-router";
import { Broken } from "./frame/broken.tsx";
import { Lost } from "./frame/lost.tsx";
import { accountRoutes } from "./pages/account/routes.tsx";
import { activityRoutes } from "./pages/activity/routes.tsx";
import { contentRoutes } from "./pages/connection/content/routes.tsx";
import { environmentRoutes } from "./pages/connection/environments/routes.tsx";
import { eventRoutes } from "./pages/connection/events/routes.tsx";
import { overviewRoutes } from "./pages/connection/overview/routes.tsx";
import { connectionRoute } from "./pages/connection/route.tsx";
import { tryingRoutes } from "./pages/connection/trying/routes.tsx";
import { connectionRoutes } from "./pages/connections/routes.tsx";
import { credentialRoutes } from "./pages/credentials/routes.tsx";
import { homeRoutes } from "./pages/home/routes.tsx";
import { peopleRoutes } from "./pages/people/routes.tsx";
import { Waiting } from "./parts/answer.tsx";
import { organisationRoute } from "./routes/organisation.tsx";
import { rootRoute } from "./routes/root.tsx";
import { signedInRoute } from "./routes/signed-in.tsx";

/** Every page by its address, below `/console`. Pages come to the browser when they are opened, or pointed at. */
export function createAppRouter(queries: QueryClient) {
  const connection = connectionRoute.addChildren([
    ...overviewRoutes,
    ...environmentRoutes,
    ...contentRoutes,
    ...tryingRoutes,
    ...eventRoutes,
  ]);
  const organisation = organisationRoute.addChildren([
    ...homeRoutes,
    ...connectionRoutes,
    connection,
    ...credentialRoutes,
    ...activityRoutes,
    ...peopleRoutes,
  ]);
  const { outside, inside } = accountRoutes;
  return createRouter({
    routeTree: rootRoute.addChildren([...outside, signedInRoute.addChildren([...inside, organisation])]),
    basepath: "/console",
    context: { queries },
    // What stands in an address is text: a version called 1.10 is not the number 1.1.
    parseSearch: parseSearchWith(truth),
    stringifySearch: stringifySearchWith(JSON.stringify, truth),
    defaultPreload: "intent",
    scrollRestoration: true,
    // Caught at the page where it happened, so that the navigation around it stays.
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: Lost,
    defaultPendingComponent: Waiting,
    defaultPendingMs: 300,
  });
}

function truth(text: string): boolean {
  if (text === "true") return true;
  if (text === "false") return false;
  throw new Error("It is text.");
}
