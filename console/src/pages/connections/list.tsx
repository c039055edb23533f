import { Anchor, Button, Code } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cable, Plus } from "lucide-react";
import { listOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Ago } from "../../parts/time.tsx";

/** All connections of the organisation. */
export function Connections() {
  const org = useOrganisation();
  const may = useMay();
  const query = useInfiniteQuery(listOf("ListConnections", { params: { organisation_id: org } }));
  const create = may("connections:write") && (
    <Button leftSection={<Plus size={16} />} renderRoot={(props) => <Link {...props} to="/o/$org/connections/new" params={{ org }} />}>
      New connection
    </Button>
  );
  return (
    <Page title="Connections" actions={create}>
      <Rows
        label="Connections"
        query={query}
        rowsOf={(page) => page.connections}
        keyOf={({ id }) => id}
        count={(total) => `${total} connections`}
        empty={
          <Empty icon={Cable} title="No connections yet" action={create}>
            A connection is an outside system: where it is, and how to prove who calls.
          </Empty>
        }
        columns={[
          {
            title: "Name",
            render: ({ id, name }) => (
              <Anchor
                fw={550}
                size="sm"
                renderRoot={(props) => <Link {...props} to="/o/$org/connections/$connection" params={{ org, connection: id }} />}
              >
                {name}
              </Anchor>
            ),
          },
          { title: "Address", render: (one) => <Code>{one.protocol === "http" ? one.baseUrl : one.datasetId}</Code> },
          { title: "Changed", width: "130px", render: ({ updatedAt }) => <Ago at={updatedAt} /> },
        ]}
      />
    </Page>
  );
}
