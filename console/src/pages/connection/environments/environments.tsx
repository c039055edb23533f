import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { taggedQueryOf } from "../../../api/queries.ts";
import { useMay, useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Answered } from "../../../parts/answer.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { SortableList } from "../../../parts/sortable.tsx";
import { useConnection } from "../connection.ts";
import { DeleteEnvironment } from "./delete-environment.tsx";
import { EnvironmentRow } from "./environment-row.tsx";
import { kept, useListGuard } from "./guards.ts";
import { healthQuery } from "./health.ts";
import { AddEnvironment, RenameEnvironment } from "./name-dialogs.tsx";

/** The environments of the connection, in their order. */
export function Environments() {
  const org = useOrganisation();
  const connection = useConnection();
  useTitle(`Environments · ${connection.name}`);
  const query = useQuery(taggedQueryOf("GetConnection", { params: { organisation_id: org, connection_id: connection.id } }));
  return <Answered query={query}>{(answer) => <List answer={answer} />}</Answered>;
}

type Asked = { readonly what: "add" } | { readonly what: "rename" | "delete"; readonly id: string };

function List({ answer }: { answer: Answer<Connection> }) {
  const org = useOrganisation();
  const mayWrite = useMay()("connections:write");
  const connection = answer.body;
  const guard = useListGuard(org, connection.id);
  const health = useQuery(healthQuery(org, connection.id));
  const [asked, setAsked] = useState<Asked>();
  const chosen = asked && "id" in asked ? connection.environments.find(({ id }) => id === asked.id) : undefined;
  const close = () => setAsked(undefined);

  return (
    <Stack gap="md">
      <Group justify="space-between">
        <div>
          <Title order={2}>Environments</Title>
          <Text size="sm" c="dimmed">
            Each is one instance of the outside system, such as dev and prod, with credentials and variables of its own.
          </Text>
        </div>
        {mayWrite && (
          <Button leftSection={<Plus size={16} />} onClick={() => setAsked({ what: "add" })}>
            Add an environment
          </Button>
        )}
      </Group>
      <Fault error={guard.error} />
      {guard.conflict}
      <SortableList
        label="Environments in their order"
        items={connection.environments}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        onMove={mayWrite ? (moved) => reorder(moved.map(({ id }) => id)) : undefined}
        render={(environment, place) => (
          <EnvironmentRow
            environment={environment}
            connection={connection}
            place={place}
            health={health.data?.environments.find(({ id }) => id === environment.id)}
            isLast={connection.environments.length === 1}
            onRename={() => setAsked({ what: "rename", id: environment.id })}
            onDelete={() => setAsked({ what: "delete", id: environment.id })}
          />
        )}
      />
      {asked?.what === "add" && <AddEnvironment answer={answer} onClose={close} />}
      {asked?.what === "rename" && chosen && <RenameEnvironment connection={connection} environment={chosen} onClose={close} />}
      {asked?.what === "delete" && chosen && <DeleteEnvironment connection={connection} environment={chosen} onClose={close} />}
    </Stack>
  );

  // Whoever is there but was not when the person began keeps a place at the end.
  function reorder(ids: readonly string[]): Promise<boolean> {
    const placeOf = (id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
    const make = ({ environments }: Connection) => environments.toSorted((one, other) => placeOf(one.id) - placeOf(other.id)).map(kept);
    return guard.save({ base: answer, make });
  }
}
