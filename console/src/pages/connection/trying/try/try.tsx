import { Alert, Stack, Switch, Text } from "@mantine/core";
import type { Action } from "@mooring/contract";
import { TriangleAlert } from "lucide-react";
import { useMemo, useState } from "react";
import { useOrganisation } from "../../../../api/session.ts";
import { useConnection } from "../../connection.ts";
import { EnvironmentChoice, NoEnvironment, useEnvironment } from "./environments.tsx";
import { invokeCall } from "./gateway.ts";
import { emptyInput, type Input, inputJson } from "./input.ts";
import { InputForm } from "./input-form.tsx";
import { CallOptions, noOptions, optionHeaders } from "./options.tsx";
import { TrialSides } from "./trial-sides.tsx";

/** Trying an action: where to, with what, and beside it what would leave. */
export function TryAction({ action, version }: { action: Action; version: string }) {
  const org = useOrganisation();
  const connection = useConnection();
  const environment = useEnvironment();
  const key = `${connection.id} ${version} ${action.id}`;
  const [input, setInput] = useState(() => remembered.get(key) ?? emptyInput(action));
  const [options, setOptions] = useState(noOptions);
  const [checksAnswer, setChecksAnswer] = useState(false);
  const typed = useMemo(() => inputJson(input), [input]);
  if (!environment) return <NoEnvironment />;

  const place = { org, connection: connection.id, environment: environment.id, action: action.name, version };
  const asked = { body: typed.json, headers: optionHeaders(options), checksAnswer };
  const isQuery = action.type === "bigquery";
  return (
    <TrialSides
      connection={connection.id}
      call={invokeCall(place, "invoke", asked)}
      explaining={invokeCall(place, "explain", asked)}
      typedFaults={typed.faults}
    >
      {action.errors?.some(({ severity }) => severity === "error") && (
        <Alert color="orange" icon={<TriangleAlert size={18} />}>
          <Text size="sm">Something is wrong with this action, so it cannot be called yet. What it does tells what.</Text>
        </Alert>
      )}
      <EnvironmentChoice chosen={environment} />
      <InputForm
        action={action}
        input={input}
        onChange={(changed) => {
          remembered.set(key, changed);
          setInput(changed);
        }}
      />
      <Stack gap="sm">
        {!isQuery && (
          <Switch
            label="Hold the answer against its definition"
            checked={checksAnswer}
            onChange={(event) => setChecksAnswer(event.currentTarget.checked)}
          />
        )}
        <CallOptions options={options} onChange={setOptions} />
      </Stack>
    </TrialSides>
  );
}

/** What was typed for each action since the page was loaded, so that it is there again after a look elsewhere. */
const remembered = new Map<string, Input>();
