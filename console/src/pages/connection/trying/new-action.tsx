import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import type { ActionCreate, HTTPMethod } from "@mooring/contract";
import { useNavigate } from "@tanstack/react-router";
import { fieldFault } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { useConnection } from "../connection.ts";
import { methods } from "./methods.ts";

/** A new action in a draft: what it needs to exist. The rest is added on its own page, where it leads. */
export function NewAction({ version, onClose }: { version: string; onClose: () => void }) {
  const org = useOrganisation();
  const { id: connection, protocol } = useConnection();
  const navigate = useNavigate();
  const create = useChange("CreateAction");
  const shown = ["name", "method", "path", "query"];
  return (
    <Dialog opened onClose={onClose} title="New action" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const typed = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
          create.mutate(
            { params: { organisation_id: org, connection_id: connection, version }, body: actionOf(protocol, typed) },
            {
              onSuccess: ({ body }) =>
                void navigate({
                  to: "/o/$org/connections/$connection/actions/$version/$action",
                  params: { org, connection, version, action: body.name },
                  search: { edit: true },
                }),
            },
          );
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            name="name"
            description="What callers use: letters, digits, _ - and $."
            placeholder="listOrders"
            required
            data-autofocus
            error={fieldFault(create.error, "name")}
          />
          {protocol === "bigquery" ? (
            <Textarea
              label="Query"
              name="query"
              description="Values are parameters, as in @day: they can never become SQL."
              placeholder="select id from orders where day = @day"
              required
              autosize
              minRows={4}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              error={fieldFault(create.error, "query")}
            />
          ) : (
            <Group align="start" gap="sm" wrap="nowrap">
              <NativeSelect label="Method" name="method" data={[...methods]} w={120} error={fieldFault(create.error, "method")} />
              <TextInput
                label="Path"
                name="path"
                placeholder="/orders/{{ param.id }}"
                style={{ flex: 1 }}
                error={fieldFault(create.error, "path")}
              />
            </Group>
          )}
          <Fault error={create.error} shown={shown} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** The parameters that the path or the query names are there from the beginning. */
function actionOf(protocol: string, { name = "", query = "", method = "GET", path = "" }: Record<string, string>): ActionCreate {
  if (protocol === "bigquery") {
    const names = new Set([...query.matchAll(/@([A-Za-z_]\w*)/g)].map(([, one = ""]) => one));
    return { type: "bigquery", name, query, parameters: [...names].map((one) => ({ name: one, type: "STRING", required: true })) };
  }
  const names = new Set([...path.matchAll(/\{\{\s*\.?param\.([\w.-]+)\s*\}\}/g)].map(([, one = ""]) => one));
  const parameters = [...names].map((one) => ({ name: one, in: "path", required: true, type: "string" }) as const);
  return { type: "http", name, method: method as HTTPMethod, path, parameters, responses: [] };
}
