import { Group, NativeSelect, Paper, Stack, Switch, TextInput, Title } from "@mantine/core";
import type { HTTPMethod } from "@mooring/contract";
import { methods } from "../methods.ts";
import { CommonFields } from "./common-fields.tsx";
import type { HttpDraft } from "./draft.ts";
import { useFaultAt } from "./faults.ts";
import { Links } from "./links.tsx";
import { Parameters } from "./parameters.tsx";
import { Responses } from "./responses.tsx";

interface Form {
  readonly draft: HttpDraft;
  readonly version: string;
  readonly onChange: (draft: HttpDraft) => void;
}

/** The form of an action over HTTP. What it has no field for is in the JSON, and stays as it is. */
export function HttpForm({ draft, version, onChange }: Form) {
  const { requestBody } = draft;
  return (
    <Stack gap="lg">
      <Paper>
        <Stack gap="md">
          <CommonFields draft={draft} onChange={onChange} />
          <Group align="start" gap="sm" wrap="nowrap">
            <NativeSelect
              label="Method"
              data={[...methods]}
              w={120}
              error={useFaultAt("method")}
              value={draft.method}
              onChange={(event) => onChange({ ...draft, method: event.currentTarget.value as HTTPMethod })}
            />
            <TextInput
              label="Path"
              style={{ flex: 1 }}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              placeholder="/orders/{{ param.id }}"
              error={useFaultAt("path")}
              value={draft.path}
              onChange={(event) => onChange({ ...draft, path: event.currentTarget.value })}
            />
          </Group>
        </Stack>
      </Paper>
      <section>
        <Title order={3} mb="xs">
          Parameters
        </Title>
        <Paper>
          <Parameters parameters={draft.parameters} onChange={(parameters) => onChange({ ...draft, parameters })} />
        </Paper>
      </section>
      <section>
        <Title order={3} mb="xs">
          Body
        </Title>
        <Paper>
          <Stack gap="sm">
            <Switch
              label="It takes a body"
              checked={requestBody !== undefined}
              onChange={(event) => {
                const { requestBody: _, ...rest } = draft;
                onChange(event.currentTarget.checked ? { ...rest, requestBody: { required: true, definitions: [] } } : rest);
              }}
            />
            {requestBody && (
              <>
                <Switch
                  label="A call without one is refused"
                  checked={requestBody.required}
                  onChange={(event) => onChange({ ...draft, requestBody: { ...requestBody, required: event.currentTarget.checked } })}
                />
                <Links
                  label="What describes it"
                  path="requestBody.definitions"
                  version={version}
                  links={requestBody.definitions}
                  onChange={(definitions) => onChange({ ...draft, requestBody: { ...requestBody, definitions } })}
                />
              </>
            )}
          </Stack>
        </Paper>
      </section>
      <section>
        <Title order={3} mb="xs">
          Answers
        </Title>
        <Paper>
          <Responses responses={draft.responses} version={version} onChange={(responses) => onChange({ ...draft, responses })} />
        </Paper>
      </section>
    </Stack>
  );
}
