import { Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Organisation } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { fieldFault, isConflict } from "../../api/problem.ts";
import { taggedQueryOf, useChange } from "../../api/queries.ts";
import { useOrganisation } from "../../api/session.ts";
import { Conflict } from "../../parts/conflict.tsx";
import { Copyable } from "../../parts/copy.tsx";
import { Fault } from "../../parts/fault.tsx";
import { Unsaved } from "../../parts/unsaved.tsx";

/** What the organisation is called, and its id. */
export function OrganisationName() {
  const org = useOrganisation();
  const query = useQuery(taggedQueryOf("GetOrganisation", { params: { organisation_id: org } }));
  return (
    <Stack gap="sm">
      <Title order={2}>Organisation</Title>
      <Paper maw={640}>{query.data ? <NameForm current={query.data} /> : <Fault error={query.error} />}</Paper>
    </Stack>
  );
}

function NameForm({ current }: { current: Answer<Organisation> }) {
  const [began, setBegan] = useState(current);
  const [name, setName] = useState(current.body.name);
  const rename = useChange("UpdateOrganisation");
  const isDirty = name !== began.body.name;
  const startAt = (from: Answer<Organisation>) => {
    setBegan(from);
    rename.reset();
  };
  const save = (ifMatch: string | undefined) =>
    rename.mutate(
      { params: { organisation_id: began.body.id }, body: { name }, ifMatch },
      { onSuccess: ({ body, etag }) => setBegan({ body: body as Organisation, etag }) },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(began.etag);
      }}
    >
      <Unsaved isDirty={isDirty} />
      <Stack>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldFault(rename.error, "name")}
          required
        />
        <div>
          <Text size="sm" fw={500}>
            Id
          </Text>
          <Copyable value={began.body.id} label="Copy the organisation's id" />
        </div>
        {isConflict(rename.error) ? (
          <Conflict
            before={{ name: began.body.name }}
            mine={{ name }}
            theirs={{ name: current.body.name }}
            onTakeTheirs={() => {
              setName(current.body.name);
              startAt(current);
            }}
            onKeepMine={() => {
              startAt(current);
              save(current.etag);
            }}
          />
        ) : (
          <Fault error={rename.error} shown={["name"]} />
        )}
        <Group>
          <Button type="submit" disabled={!isDirty} loading={rename.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
