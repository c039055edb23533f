import { Cable } from "lucide-react";
import { useMay, useOrganisation } from "../../api/session.ts";
import { type Crumb, Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/empty.tsx";

/** Whether the person may make connections. */
export const useMayCreate = () => useMay()("connections:write");

/** The way back up to the list. */
export const connectionsCrumb = (org: string): Crumb => ({ label: "Connections", link: { to: "/o/$org/connections", params: { org } } });

/** The way back up to the choice of ways. */
export const newCrumb = (org: string): Crumb => ({ label: "New connection", link: { to: "/o/$org/connections/new", params: { org } } });

/** What somebody sees who may look at connections and not make them. */
export function NotForRole() {
  const org = useOrganisation();
  return (
    <Page title="New connection" crumbs={[connectionsCrumb(org)]}>
      <Empty icon={Cable} title="Not for your role">
        Your role may look at connections, and not make new ones. Ask an owner or admin of the organisation.
      </Empty>
    </Page>
  );
}
