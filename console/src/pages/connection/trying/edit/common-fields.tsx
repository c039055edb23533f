import { Textarea, TextInput } from "@mantine/core";
import type { ActionUpdate } from "@mooring/contract";
import { withText } from "./draft.ts";
import { useFaultAt } from "./faults.ts";

interface Common<Draft> {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** What every action has: its name, and words on what it does. */
export function CommonFields<Draft extends ActionUpdate>({ draft, onChange }: Common<Draft>) {
  return (
    <>
      <TextInput
        label="Name"
        description="What callers use. Calls by the old name end with a change."
        required
        error={useFaultAt("name")}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <TextInput
        label="Summary"
        description="What it does, in a line."
        error={useFaultAt("summary")}
        value={draft.summary ?? ""}
        onChange={(event) => onChange(withText(draft, "summary", event.currentTarget.value))}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={12}
        error={useFaultAt("description")}
        value={draft.description ?? ""}
        onChange={(event) => onChange(withText(draft, "description", event.currentTarget.value))}
      />
    </>
  );
}
