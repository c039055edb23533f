import { Anchor, Container, List } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { queryOf } from "../../api/queries.ts";
import { lastOrganisation } from "../../frame/last-organisation.ts";
import { Page } from "../../frame/page.tsx";
import { Answered } from "../../parts/answer.tsx";

/** `/`: on to the organisation that was open last, or the only one there is; else to the choice. */
export function Entrance() {
  const query = useQuery(queryOf("ListOrganisations", { query: { first: 100 } }));
  return (
    <Answered query={query}>
      {({ items }) => {
        const last = lastOrganisation();
        const org = items.find(({ id }) => id === last) ?? (items.length === 1 ? items[0] : undefined);
        return org ? <Navigate to="/o/$org" params={{ org: org.id }} replace /> : <Navigate to="/organisations" replace />;
      }}
    </Answered>
  );
}

/** Choosing an organisation. */
export function Organisations() {
  const query = useQuery(queryOf("ListOrganisations", { query: { first: 100 } }));
  return (
    <Container component="main" size="sm" py="xl">
      <Page title="Organisations">
        <Answered query={query}>
          {({ items }) => (
            <List>
              {items.map(({ id, name }) => (
                <List.Item key={id}>
                  <Anchor renderRoot={(props) => <Link {...props} to="/o/$org" params={{ org: id }} />}>{name}</Anchor>
                </List.Item>
              ))}
            </List>
          )}
        </Answered>
      </Page>
    </Container>
  );
}
