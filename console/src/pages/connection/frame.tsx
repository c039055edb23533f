import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { queryOf } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Health } from "../../parts/health.tsx";
import { Protocol } from "../../parts/protocol.tsx";
import { useConnection } from "./connection.ts";
import classes from "./frame.module.css";

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

/** The name of a connection, how it is doing, and its tabs; each is an address of its own. */
export function ConnectionFrame() {
  const org = useOrganisation();
  const connection = useConnection();
  const { data: doing } = useQuery(queryOf("GetConnectionHealth", { params: { organisation_id: org, connection_id: connection.id } }));
  const part = useLocation().pathname.split("/")[5] || "overview";
  // What came is a side of the triggers, and a call of any path one of the actions.
  const here = { events: "triggers", call: "actions" }[part] ?? part;
  const label = tabs.find(([value]) => value === here)?.[1] ?? "Overview";
  return (
    <Page
      title={connection.name}
      tabTitle={`${label} · ${connection.name}`}
      aside={
        <Group gap={6}>
          {doing && <Health health={doing.health} />}
          <Protocol protocol={connection.protocol} />
        </Group>
      }
      crumbs={[{ label: "Connections", link: { to: "/o/$org/connections", params: { org } } }]}
    >
      <Stack gap="lg">
        <Parts here={here} org={org} connection={connection.id} />
        <Outlet />
      </Stack>
    </Page>
  );
}

/** Links, not tabs in the sense of ARIA: each opens another page, and may be opened beside this one. */
function Parts({ here, org, connection }: { here: string; org: string; connection: string }) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    // At a narrow width the tab of this page may be out of sight. Only the bar moves, never the page.
    const tab = bar.current?.querySelector<HTMLElement>(`[data-part="${CSS.escape(here)}"]`);
    if (bar.current && tab) bar.current.scrollLeft = tab.offsetLeft - (bar.current.clientWidth - tab.offsetWidth) / 2;
  }, [here]);
  return (
    <nav aria-label="Parts of the connection" className={classes.parts} ref={bar}>
      {tabs.map(([value, label, to]) => (
        <Link
          key={value}
          to={to}
          params={{ org, connection }}
          className={classes.part}
          data-part={value}
          data-here={value === here || undefined}
          activeOptions={{ exact: value === "overview" }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
