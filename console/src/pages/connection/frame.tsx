import { Stack, Tabs } from "@mantine/core";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { useConnection } from "./connection.ts";

const tabs = [
  ["overview", "Overview", "/o/$org/connections/$connection"],
  ["environments", "Environments", "/o/$org/connections/$connection/environments"],
  ["versions", "Versions", "/o/$org/connections/$connection/versions"],
  ["actions", "Actions", "/o/$org/connections/$connection/actions"],
  ["definitions", "Definitions", "/o/$org/connections/$connection/definitions"],
  ["triggers", "Triggers", "/o/$org/connections/$connection/triggers"],
  ["subscriptions", "Subscriptions", "/o/$org/connections/$connection/subscriptions"],
  ["settings", "Settings", "/o/$org/connections/$connection/settings"],
] as const;

/** The name of a connection and its tabs; each is an address of its own. */
export function ConnectionFrame() {
  const org = useOrganisation();
  const connection = useConnection();
  const here = useLocation().pathname.split("/")[5] ?? "overview";
  return (
    <Page title={connection.name} crumbs={[{ label: "Connections", link: { to: "/o/$org/connections", params: { org } } }]}>
      <Stack gap="lg">
        <nav aria-label="Parts of the connection">
          <Tabs value={here} variant="default">
            <Tabs.List style={{ overflowX: "auto", flexWrap: "nowrap" }}>
              {tabs.map(([value, label, to]) => (
                <Tabs.Tab
                  key={value}
                  value={value}
                  renderRoot={(props) => <Link {...props} to={to} params={{ org, connection: connection.id }} />}
                >
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
          </Tabs>
        </nav>
        <Outlet />
      </Stack>
    </Page>
  );
}
