import { ActionIcon, Button, Stack, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { begun } from "./begin.ts";
import { type Entry, type Member, memberOf, memberPath, nextId, withMember } from "./entry.ts";
import { type ShapedProps, useDocuments } from "./field-props.ts";
import classes from "./form.module.css";
import { Nested } from "./nested.tsx";
import type { Place } from "./references.ts";
import { shapeOf } from "./shape.ts";

/** An object: its members one below the other. One that is not required is left out until it is added. */
export function GroupField({ shape, Field, ...props }: ShapedProps<"group">) {
  const documents = useDocuments();
  const { place, entry, path, isRequired, onChange } = props;
  const isThere = isRequired || entry.kind === "group";
  return (
    <Nested {...props} shape={shape} what="object" isThere={isThere} onAdd={() => onChange(begun(place, documents))}>
      <Members shape={shape} Field={Field} entry={entry} path={path} onChange={onChange} />
    </Nested>
  );
}

type Inside = Pick<ShapedProps<"group">, "shape" | "Field" | "entry" | "path" | "onChange">;

/** The members of an object, without anything around them: as a whole body is shown. */
export function Members({ shape, Field, entry, path, onChange }: Inside) {
  const documents = useDocuments();
  const [isWhole, setWhole] = useState(false);
  const isGiven = (name: string) => memberOf(entry, name).kind !== "absent";
  // What only answers have is no matter here, unless somebody typed it.
  const all = shape.members.filter(({ name, place }) => {
    const inner = shapeOf(place, documents);
    return isGiven(name) || inner.kind === "awaited" || !inner.isReadOnly;
  });
  const sorted = [...all.filter(({ isRequired }) => isRequired), ...all.filter(({ isRequired }) => !isRequired)];
  const near = sorted.filter(({ name, isRequired }, at) => at < membersShown || isRequired || isGiven(name));
  const shown = isWhole ? sorted : near;
  return (
    <Stack gap="md">
      {shown.map(({ name, place, isRequired }) => (
        <Field
          key={name}
          place={place}
          label={name}
          path={memberPath(path, name)}
          entry={memberOf(entry, name)}
          isRequired={isRequired}
          onChange={(changed) => onChange(withMember(entry, name, changed))}
        />
      ))}
      {shown.length < sorted.length && (
        <Button variant="subtle" size="compact-sm" style={{ alignSelf: "start" }} onClick={() => setWhole(true)}>
          Show {sorted.length - shown.length} more that may be given
        </Button>
      )}
      {(shape.others || hasOthers(entry, shape)) && (
        <Others
          place={shape.others ?? anything}
          known={new Set(shape.members.map(({ name }) => name))}
          {...{ Field, entry, path, onChange }}
        />
      )}
    </Stack>
  );
}

const membersShown = 12;
const anything: Place = { schema: true, base: "" };

const hasOthers = (entry: Entry, { members }: Inside["shape"]) =>
  entry.kind === "group" && entry.members.some(({ name }) => !members.some((known) => known.name === name));

/** Members with names of the caller's own. */
function Others({ place, known, Field, entry, path, onChange }: Omit<Inside, "shape"> & { place: Place; known: ReadonlySet<string> }) {
  const documents = useDocuments();
  const members = entry.kind === "group" ? entry.members : [];
  const change = (changed: readonly Member[]) => onChange({ kind: "group", members: changed });
  return (
    <Stack gap="xs">
      {members
        .filter(({ name }) => !known.has(name))
        .map((member) => (
          <Other
            key={member.id}
            {...{ member, place, path, Field }}
            onChange={(changed) => change(members.map((one) => (one.id === member.id ? changed : one)))}
            onRemove={() => change(members.filter(({ id }) => id !== member.id))}
          />
        ))}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "start" }}
        leftSection={<Plus size={14} />}
        onClick={() => change([...members, { id: nextId(members), name: "", entry: begun(place, documents) }])}
      >
        Add a member
      </Button>
    </Stack>
  );
}

interface OneOther extends Pick<Inside, "Field" | "path"> {
  readonly member: Member;
  readonly place: Place;
  readonly onChange: (member: Member) => void;
  readonly onRemove: () => void;
}

function Other({ member, place, path, Field, onChange, onRemove }: OneOther) {
  const { name, entry } = member;
  return (
    <div className={classes.pair}>
      <TextInput label="Name" value={name} onChange={(event) => onChange({ ...member, name: event.currentTarget.value })} />
      <Field
        place={place}
        label={name || "value"}
        path={memberPath(path, name)}
        entry={entry}
        isRequired={false}
        onChange={(changed) => onChange({ ...member, entry: changed })}
      />
      <ActionIcon className={classes.away} aria-label={`Remove ${name || "this member"}`} onClick={onRemove}>
        <X size={16} />
      </ActionIcon>
    </div>
  );
}
