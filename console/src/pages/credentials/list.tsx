import { Anchor, Button, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, VenetianMask } from "lucide-react";
import { listOf } from "../../api/queries.ts";
import { useMay, useOrganisation } from "../../api/session.ts";
import { Page } from "../../frame/page.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Ago } from "../../parts/time.tsx";
import { CredentialState, conditionOf } from "./state.tsx";
import { UsagesInShort } from "./usages.tsx";
import { typeWords } from "./words.ts";

/** All secrets of the organisation, by their names. */
export function Credentials() {
  const org = useOrganisation();
  const may = useMay();
  const query = useInfiniteQuery(listOf("ListCredentials", { params: { organisation_id: org } }));
  const create = may("secrets:write") && (
    <Button leftSection={<Plus size={16} />} renderRoot={(props) => <Link {...props} to="/o/$org/credentials/new" params={{ org }} />}>
      New credential
    </Button>
  );
  return (
    <Page
      title="Credentials"
      about="Secrets of outside systems. They are sealed when they come, and nobody is shown them again."
      actions={create}
    >
      <Rows
        label="Credentials"
        query={query}
        rowsOf={(page) => page.credentials}
        keyOf={({ id }) => id}
        count={(total) => (total === 1 ? "1 credential" : `${total} credentials`)}
        empty={
          <Empty icon={VenetianMask} title="No credentials yet" action={create}>
            A credential is a secret that an outside system gave you, such as an API key. Environments of connections use it to prove who
            calls. You can add one there as well.
          </Empty>
        }
        columns={[
          {
            title: "Name",
            render: ({ id, name }) => (
              <Anchor
                fw={550}
                size="sm"
                renderRoot={(props) => <Link {...props} to="/o/$org/credentials/$credential" params={{ org, credential: id }} />}
              >
                {name}
              </Anchor>
            ),
          },
          { title: "Kind", width: "210px", render: ({ type }) => <Text size="sm">{typeWords[type]}</Text> },
          { title: "State", width: "150px", render: (one) => <CredentialState state={conditionOf(one).state} /> },
          { title: "Used in", render: ({ usages = [] }) => <UsagesInShort usages={usages} /> },
          { title: "Changed", width: "120px", render: ({ updatedAt }) => <Ago at={updatedAt} /> },
        ]}
      />
    </Page>
  );
}
