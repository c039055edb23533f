import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { fieldFault, Refusal } from "../../../api/problem.ts";
import { useChange } from "../../../api/queries.ts";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import { useVersions, type Versions } from "../versions.ts";

interface Beginning {
  readonly isOpen: boolean;
  /** The version that is copied unless somebody chooses another; the default one when left out. */
  readonly from?: string;
  readonly onClose: () => void;
  readonly onCreated: (version: string) => void;
}

/** Asks for the name of a new draft, and what it begins with. */
export function NewVersion({ isOpen, onClose, ...rest }: Beginning) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title="New draft">
      <Form onClose={onClose} {...rest} />
    </Dialog>
  );
}

function Form({ from, onClose, onCreated }: Omit<Beginning, "isOpen">) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const versions = useVersions();
  const [name, setName] = useState(() => nextName(versions));
  const [source, setSource] = useState(from ?? versions.standard?.name ?? versions.all[0]?.name ?? empty);
  const create = useChange("CreateConnectionVersion");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      {
        params: { organisation_id: org, connection_id: connection },
        body: { name, ...(source === empty ? {} : { fromVersion: source }) },
      },
      {
        onSuccess: () => {
          onClose();
          onCreated(name);
        },
      },
    );
  };
  const taken = create.error instanceof Refusal && create.error.code === "name_taken" ? create.error.message : undefined;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="What people see, as in 2 or 2026-11"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={taken ?? fieldFault(create.error, "name")}
          required
          maxLength={100}
          data-autofocus
        />
        <Select
          label="Begin with"
          description="A copy is of its own: nothing done to it changes the version that it came from"
          data={[
            { value: empty, label: "Nothing" },
            ...versions.all.map((one) => ({ value: one.name, label: sayings(one.name, versions) })),
          ]}
          value={source}
          onChange={(value) => value !== null && setSource(value)}
          allowDeselect={false}
          searchable={versions.all.length > 12}
          error={fieldFault(create.error, "fromVersion")}
        />
        {!taken && <Fault error={create.error} shown={["name", "fromVersion"]} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Start the draft
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// No version can be called so.
const empty = "/";

function sayings(name: string, { standard }: Versions): string {
  return `A copy of ${name}${name === standard?.name ? " (default)" : ""}`;
}

/** The number after the highest, where versions are numbered; else nothing. */
function nextName({ all }: Versions): string {
  const numbers = all.map(({ name }) => (/^\d{1,9}$/.test(name) ? Number(name) : Number.NaN));
  const known = numbers.filter((number) => !Number.isNaN(number));
  return known.length === all.length ? String(Math.max(0, ...known) + 1) : "";
}
