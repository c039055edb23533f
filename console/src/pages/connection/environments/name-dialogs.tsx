import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import type { Connection, Environment } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { fieldFault, Refusal } from "../../../api/problem.ts";
import { taggedQueryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Answered } from "../../../parts/answer.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { kept, useEnvironmentGuard, useListGuard } from "./guards.ts";

/** A new environment at the end of the list, with the connection's variables or those of another. */
export function AddEnvironment({ answer, onClose }: { answer: Answer<Connection>; onClose: () => void }) {
  const org = useOrganisation();
  const navigate = useNavigate();
  const connection = answer.body;
  const guard = useListGuard(org, connection.id);
  const [source, setSource] = useState<string | null>(null);
  const place = `environments[${connection.environments.length}].name`;

  async function add(name: string) {
    const variables = connection.environments.find(({ id }) => id === source)?.variables ?? [];
    const make = ({ environments }: Connection) => [...environments.map(kept), { name, variables: [...variables], credentials: {} }];
    await guard.save({ base: answer, make, onSaved: ({ body }) => void open(body, name), onLeft: onClose });
  }

  async function open({ environments }: Connection, name: string) {
    onClose();
    const made = environments.find((one) => one.name === name);
    const params = { org, connection: connection.id, environment: made?.id ?? name };
    await navigate({ to: "/o/$org/connections/$connection/environments/$environment", params });
  }

  return (
    <Dialog opened onClose={onClose} title="Add an environment">
      <NameForm
        verb="Add"
        fault={nameFault(guard.error, place)}
        isPending={guard.isPending}
        onClose={onClose}
        onSubmit={(name) => void add(name)}
      >
        <Select
          label="Begin with the variables of"
          placeholder="The connection's defaults"
          value={source}
          onChange={setSource}
          clearable
          data={connection.environments.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Text size="sm" c="dimmed">
          Credentials are added on its own page: each environment has its own.
        </Text>
        <Fault error={nameFault(guard.error, place) ? undefined : guard.error} />
        {guard.conflict}
      </NameForm>
    </Dialog>
  );
}

/** Another name for an environment. */
export function RenameEnvironment({
  connection,
  environment,
  onClose,
}: {
  connection: Connection;
  environment: Environment;
  onClose: () => void;
}) {
  const org = useOrganisation();
  const params = { organisation_id: org, connection_id: connection.id, environment_id: environment.id };
  const query = useQuery({ ...taggedQueryOf("GetEnvironment", { params }), refetchOnWindowFocus: false });
  return (
    <Dialog opened onClose={onClose} title={`Rename ${environment.name}`}>
      <Answered query={query}>{(answer) => <RenameForm connection={connection} answer={answer} onClose={onClose} />}</Answered>
    </Dialog>
  );
}

function RenameForm({ connection, answer, onClose }: { connection: Connection; answer: Answer<Environment>; onClose: () => void }) {
  const guard = useEnvironmentGuard(useOrganisation(), connection.id, answer.body.id);
  const [base] = useState(answer);
  const rename = (name: string) => guard.save({ base, make: ({ id }) => ({ id, name }), onSaved: onClose, onLeft: onClose });
  const fault = nameFault(guard.error, "name");
  return (
    <NameForm
      verb="Rename"
      name={base.body.name}
      fault={fault}
      isPending={guard.isPending}
      onClose={onClose}
      onSubmit={(name) => void rename(name)}
    >
      <Text size="sm" c="dimmed">
        Callers that name it in their addresses have to use the new name; its id stays.
      </Text>
      <Fault error={fault ? undefined : guard.error} />
      {guard.conflict}
    </NameForm>
  );
}

interface Naming {
  readonly verb: string;
  readonly name?: string;
  readonly fault: string | undefined;
  readonly isPending: boolean;
  readonly children: React.ReactNode;
  readonly onClose: () => void;
  readonly onSubmit: (name: string) => void;
}

function NameForm({ verb, name = "", fault, isPending, children, onClose, onSubmit }: Naming) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(String(new FormData(event.currentTarget).get("name")));
      }}
    >
      <Stack>
        <TextInput
          name="name"
          label="Name"
          description="As in staging."
          defaultValue={name}
          error={fault}
          required
          autoComplete="off"
          data-autofocus
        />
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What is wrong with a name, whether with its letters or because another has it. */
export function nameFault(error: unknown, field: string): string | undefined {
  const found = fieldFault(error, field);
  if (found) return found;
  return error instanceof Refusal && error.code === "name_taken" ? error.message : undefined;
}
