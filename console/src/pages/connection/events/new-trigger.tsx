import { Button, Group, Paper, Select, Stack, Switch, TextInput, Title } from "@mantine/core";
import type { HTTPMethod } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { fieldFault } from "../../../api/problem.ts";
import { queryOf, useChange } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { useTitle } from "../../../frame/page.tsx";
import { Back } from "../../../parts/back.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";
import { useConnection } from "../connection.ts";
import { useChosenVersion } from "../versions.ts";

/** Making a trigger in a draft. */
export function NewTrigger() {
  const org = useOrganisation();
  const { id, name: connection } = useConnection();
  const { version: asked } = useSearch({ from: "/signed-in/o/$org/connections/$connection/triggers/new" });
  const version = useChosenVersion(asked)?.name ?? "";
  const navigate = useNavigate();
  const create = useChange("CreateTrigger");
  const params = { organisation_id: org, connection_id: id, version };
  const definitions = useQuery(queryOf("GetDefinitions", { params, query: { first: 100 } }));
  const [name, setName] = useState("");
  const [summary, setSummary] = useState("");
  const [method, setMethod] = useState<string>("POST");
  const [body, setBody] = useState<string | null>(null);
  const [isStrict, setStrict] = useState(false);
  useTitle(`New trigger · ${connection}`);
  const submit = () =>
    create.mutate(
      {
        params,
        body: {
          type: "http",
          name,
          method: method as HTTPMethod,
          ...(summary && { summary }),
          ...(isStrict && { strict: true }),
          parameters: [],
          ...(body && { requestBody: { required: true, definitions: [{ definition: { name: body } }] } }),
          responses: [],
        },
      },
      {
        onSuccess: () =>
          void navigate({
            to: "/o/$org/connections/$connection/triggers/$version/$trigger",
            params: { org, connection: id, version, trigger: name },
          }),
      },
    );
  return (
    <Stack>
      <Back
        link={{ to: "/o/$org/connections/$connection/triggers", params: { org, connection: id }, search: { version } }}
        label={`Triggers of version ${version}`}
      />
      <Title order={2}>New trigger in version {version}</Title>
      <Paper maw={640}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Unsaved isDirty={name !== "" && !create.isPending && !create.isSuccess} />
          <Stack>
            <TextInput
              label="Name"
              description="Letters, digits, _ and -; it is part of the address"
              placeholder="order-sent"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fieldFault(create.error, "name")}
              required
            />
            <TextInput
              label="What it tells"
              placeholder="An order was sent"
              value={summary}
              onChange={(event) => setSummary(event.currentTarget.value)}
              error={fieldFault(create.error, "summary")}
            />
            <Select
              label="Method"
              data={["POST", "PUT", "PATCH", "GET", "DELETE"]}
              value={method}
              onChange={(value) => value && setMethod(value)}
              allowDeselect={false}
            />
            <Select
              label="What its body is"
              description="A definition of this version; left out, any body is taken as it comes"
              placeholder="Anything"
              data={definitions.data?.definitions.map(({ name: one }) => one) ?? []}
              value={body}
              onChange={setBody}
              searchable
              clearable
            />
            <Switch
              label="Refuse what does not fit"
              description="Off: it is accepted and marked. Most senders give up on a webhook that refuses."
              checked={isStrict}
              onChange={(event) => setStrict(event.currentTarget.checked)}
            />
            <Fault error={create.error} shown={["name", "summary"]} />
            <Group>
              <Button type="submit" loading={create.isPending}>
                Create the trigger
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </Stack>
  );
}
