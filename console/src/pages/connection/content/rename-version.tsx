import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Answer } from "../../../api/client.ts";
import { fieldFault, isConflict, Refusal } from "../../../api/problem.ts";
import { taggedQueryOf, useChange } from "../../../api/queries.ts";
import { Answered } from "../../../parts/answer.tsx";
import { Conflict } from "../../../parts/conflict.tsx";
import { Dialog } from "../../../parts/dialog.tsx";
import { Fault } from "../../../parts/fault.tsx";
import type { VersionDialog } from "./version-dialog.ts";

interface Renaming extends VersionDialog {
  readonly onRenamed: (version: string) => void;
}

/** Changes the name and the description of a draft. */
export function RenameVersion({ version, isOpen, onClose, onRenamed }: Renaming) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title={`Version ${version.name}`} size="lg" closeOnClickOutside={false}>
      <Read version={version} onClose={onClose} onRenamed={onRenamed} />
    </Dialog>
  );
}

type Read = Omit<Renaming, "isOpen">;

function Read(given: Read) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  const params = { organisation_id: org, connection_id: connection, version: given.version.name };
  const query = useQuery(taggedQueryOf("GetConnectionVersion", { params }));
  return <Answered query={query}>{(now) => <Form {...given} now={now} readAgain={() => void query.refetch()} />}</Answered>;
}

function Form({ onClose, onRenamed, now, readAgain }: Read & { now: Answer<ConnectionVersion>; readAgain: () => void }) {
  const { org, connection } = useParams({ from: "/signed-in/o/$org/connections/$connection" });
  // What it was when this person began: what comes in meanwhile must not pass for what they saw.
  const [began, setBegan] = useState(now);
  const [name, setName] = useState(began.body.name);
  const [description, setDescription] = useState(began.body.description ?? "");
  const save = useChange("UpdateConnectionVersion");
  const mine = { ...began.body, name, description: description === "" ? undefined : description };
  const send = (base: Answer<ConnectionVersion>) => {
    const { description: _, ...rest } = base.body;
    save.mutate(
      {
        params: { organisation_id: org, connection_id: connection, version: began.body.name },
        body: { ...rest, name, ...(description === "" ? {} : { description }) },
        ifMatch: base.etag,
      },
      {
        onSuccess: () => {
          onClose();
          onRenamed(name);
        },
        onError: readAgain,
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(began);
  };
  const taken = save.error instanceof Refusal && save.error.code === "name_taken" ? save.error.message : undefined;
  const isOvertaken = isConflict(save.error);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={taken ?? fieldFault(save.error, "name")}
          required
          maxLength={100}
          data-autofocus
        />
        <Textarea
          label="Description"
          description="What is in it, and what is new"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          autosize
          minRows={3}
          maxRows={10}
          error={fieldFault(save.error, "description")}
        />
        {isOvertaken ? (
          <Conflict
            before={shown(began.body)}
            mine={shown(mine)}
            theirs={shown(now.body)}
            onTakeTheirs={() => {
              setBegan(now);
              setName(now.body.name);
              setDescription(now.body.description ?? "");
              save.reset();
            }}
            onKeepMine={() => {
              setBegan(now);
              send(now);
            }}
          />
        ) : (
          !taken && <Fault error={save.error} shown={["name", "description"]} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={isOvertaken}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const shown = ({ name, description }: { name: string; description?: string | undefined }) => ({ name, description });
