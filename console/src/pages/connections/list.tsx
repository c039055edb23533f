import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cable, Plus, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { listOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Rows } from "../../parts/rows.tsx";
import { summaryColumns } from "./columns.tsx";
import { Filters } from "./filters.tsx";
import { ImportUnderWay } from "./import-progress.tsx";
import { type ConnectionSearch, isNarrowed } from "./search.ts";
import { useSearchInAddress } from "./search-in-address.ts";

/** All connections of the organisation: searched, narrowed and sorted as the address says. */
export function Connections() {
  const org = useOrganisation();
  const may = useMay();
  const [search, show] = useSearchInAddress();
  // Counted up to have the fields begin anew when the search is cleared from outside of them.
  const [clearings, setClearings] = useState(0);
  const columns = useMemo(() => summaryColumns(org), [org]);
  const query = useInfiniteQuery(
    listOf("ListConnectionSummaries", { params: { organisation_id: org }, query: { first: 50, ...asked(search) } }),
  );
  const create = may("connections:write") && (
    <Button leftSection={<Plus size={16} />} renderRoot={(props) => <Link {...props} to="/o/$org/connections/new" params={{ org }} />}>
      New connection
    </Button>
  );
  // What is shown while another answer is on its way belongs to the search before.
  const isEmptied = isNarrowed(search) || query.isPlaceholderData;
  const hasNone = !isEmptied && query.data?.pages[0]?.totalCount === 0;
  return (
    <Page title="Connections" about="The outside systems that your programs reach through Mooring." actions={!hasNone && create}>
      <ImportUnderWay org={org} />
      {!hasNone && <Filters key={clearings} search={search} onChange={show} />}
      <Rows
        label="Connections"
        query={query}
        rowsOf={(page) => page.items}
        keyOf={({ id }) => id}
        columns={columns}
        count={(total) => (isNarrowed(search) ? `${plural(total)} found` : plural(total))}
        empty={
          isEmptied ? (
            <Empty
              icon={SearchX}
              title="Nothing fits"
              action={
                <Button
                  variant="default"
                  onClick={() => {
                    setClearings(clearings + 1);
                    show({ sort: search.sort });
                  }}
                >
                  Show all connections
                </Button>
              }
            >
              No connection has this in its name or address{search.protocol || search.health ? " and passes the filters" : ""}.
            </Empty>
          ) : (
            <Empty icon={Cable} title="No connections yet" action={create}>
              A connection is an outside system: where it is, and how to prove who calls. Begin with a well-known API, with an OpenAPI file,
              or with nothing but an address.
            </Empty>
          )
        }
      />
    </Page>
  );
}

const plural = (count: number) => (count === 1 ? "1 connection" : `${count.toLocaleString("en")} connections`);

/** What is set, and nothing of what is not: the query is a key as well, and one thing should have one key. */
const asked = (search: ConnectionSearch) => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
