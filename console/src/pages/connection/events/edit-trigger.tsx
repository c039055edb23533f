import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Trigger, TriggerUpdate } from "@mooring/contract";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, call } from "../../../api/client.ts";
import { Fault } from "../../../parts/fault.tsx";
import { useGuarded } from "../../../parts/guarded.tsx";
import { JsonEditor } from "../../../parts/json-editor.tsx";
import { Unsaved } from "../../../parts/unsaved.tsx";

interface Edited {
  readonly trigger: Trigger;
  readonly etag: string | undefined;
  readonly onDone: () => void;
}

/** Changing a trigger of a draft, as the JSON that the API takes. */
export function EditTrigger({ trigger, etag, onDone }: Edited) {
  const { org, connection, version } = useParams({ from: "/signed-in/o/$org/connections/$connection/triggers/$version/$trigger" });
  const params = { organisation_id: org, connection_id: connection, version, trigger_name: trigger.name };
  const [base] = useState<Answer<Trigger>>({ body: trigger, etag });
  const [text, setText] = useState(() => JSON.stringify(readable(trigger), undefined, 2));
  const parsed = parse(text);
  const guarded = useGuarded<Trigger, TriggerUpdate>({
    read: () => call("GetTrigger", { params }),
    send: (body, ifMatch) => call("UpdateTrigger", { params, body }, { ifMatch }),
    readable: (noun, change) => change ?? readable(noun),
  });
  const isDirty = text !== JSON.stringify(readable(base.body), undefined, 2);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed) void guarded.save({ base, make: () => parsed, onSaved: onDone, onLeft: onDone });
      }}
    >
      <Unsaved isDirty={isDirty && !guarded.isPending} />
      <Stack>
        <Title order={2}>Edit {trigger.name}</Title>
        <Text size="sm" c="dimmed">
          As the API takes it. A definition is named by its name.
        </Text>
        <JsonEditor label="Trigger" value={text} onChange={setText} error={parsed ? undefined : "This is no JSON yet."} heightMin={320} />
        {guarded.conflict}
        <Fault error={guarded.error} />
        <Group>
          <Button type="submit" loading={guarded.isPending} disabled={!isDirty || !parsed}>
            Save
          </Button>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What of a trigger can be changed: its definitions by their names alone. */
function readable({ errors: _errors, requestBody, responses, ...rest }: Trigger): TriggerUpdate {
  return {
    ...rest,
    ...(requestBody && { requestBody: { ...requestBody, definitions: requestBody.definitions.map(named) } }),
    responses: responses.map(({ id: _id, definitions, ...response }) => ({ ...response, definitions: definitions.map(named) })),
  };
}

const named = ({ definition, accept }: { definition: { name: string }; accept?: string[] }) => ({
  definition: { name: definition.name },
  ...(accept && { accept }),
});

function parse(text: string): TriggerUpdate | undefined {
  try {
    return JSON.parse(text) as TriggerUpdate;
  } catch {
    return undefined;
  }
}
