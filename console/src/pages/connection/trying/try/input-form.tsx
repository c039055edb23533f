import { Stack, Text, Title } from "@mantine/core";
import type { Action } from "@mooring/contract";
import { memberOf, memberPath, withMember } from "../form/entry.ts";
import { SchemaField } from "../form/schema-field.tsx";
import { BodyForm } from "./body-form.tsx";
import { type Input, parameterFields } from "./input.ts";

interface InputFields {
  readonly action: Action;
  readonly input: Input;
  readonly onChange: (input: Input) => void;
}

/** The form of a call, made from what the action says: its parameters, then its body. */
export function InputForm({ action, input, onChange }: InputFields) {
  const fields = parameterFields(action);
  const takesBody = input.media !== undefined;
  return (
    <Stack gap="lg">
      {fields.length > 0 && (
        <Stack gap="md">
          <Title order={3}>Parameters</Title>
          {fields.map(({ address, place, isRequired }) => (
            <SchemaField
              key={address}
              place={place}
              label={address}
              path={memberPath("parameters", address)}
              entry={memberOf(input.parameters, address)}
              isRequired={isRequired}
              onChange={(entry) => onChange({ ...input, parameters: withMember(input.parameters, address, entry) })}
            />
          ))}
        </Stack>
      )}
      {takesBody && <BodyForm action={action} input={input} onChange={onChange} />}
      {fields.length === 0 && !takesBody && (
        <Text size="sm" c="dimmed">
          This action takes nothing: it can be sent as it is.
        </Text>
      )}
    </Stack>
  );
}
