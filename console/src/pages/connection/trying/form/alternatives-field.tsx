import { NativeSelect, Stack } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { schemaQuery } from "../../../../parts/schema-query.ts";
import { begun, likeliest } from "./begin.ts";
import { type Entry, memberOf, withMember } from "./entry.ts";
import { type ShapedProps, useDocuments } from "./field-props.ts";
import { Nested } from "./nested.tsx";
import type { Documents, Place } from "./references.ts";
import { shapeOf } from "./shape.ts";

/** One of several shapes: which of them is chosen first, and what both have is kept when another one is. */
export function AlternativesField({ shape, Field, ...props }: ShapedProps<"alternatives">) {
  const documents = useDocuments();
  const { entry, isRequired, label, onChange } = props;
  const [picked, setPicked] = useState<number>();
  const [isAdded, setAdded] = useState(false);
  const awaited = shape.options.slice(0, optionsRead).flatMap(({ place }) => {
    const inner = shapeOf(place, documents);
    return inner.kind === "awaited" ? [inner.url] : [];
  });
  const reads = useQueries({ queries: [...new Set(awaited)].map((url) => schemaQuery(url)) });
  const isRead = reads.every(({ isPending }) => !isPending);
  // Once, when it can be told: what is typed afterwards must not turn it into another one.
  if (picked === undefined && isRead) setPicked(likeliest(entry, shape.options, documents));
  const option = shape.options[picked ?? 0];
  if (!option) return null;
  const choose = (at: number) => {
    setPicked(at);
    onChange(turned(entry, begun(shape.options[at]?.place ?? option.place, documents), shape.options[at]?.place, documents));
  };
  const isPlain = isRead && shape.options.every(({ place }) => plainKinds.has(shapeOf(place, documents).kind));
  // A text or a number, say: one field, and below it which of them is meant.
  if (isPlain)
    return (
      <div>
        <Field key={picked} {...props} place={withWords(option.place, shape)} />
        <NativeSelect
          size="xs"
          mt={4}
          w="fit-content"
          aria-label={`What ${label} is`}
          value={String(picked ?? 0)}
          data={shape.options.map(({ label: name }, at) => ({ value: String(at), label: `as ${name}` }))}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        />
      </div>
    );
  return (
    <Nested
      {...props}
      shape={shape}
      what="one of several"
      showsFault={false}
      isThere={isRequired || isAdded || entry.kind !== "absent"}
      onAdd={() => {
        setAdded(true);
        onChange(begun(option.place, documents));
      }}
      onChange={(changed) => {
        setAdded(false);
        onChange(changed);
      }}
    >
      <Stack gap="sm">
        <NativeSelect
          label="Which one"
          aria-label={`Which ${label}`}
          value={String(picked ?? 0)}
          data={shape.options.map(({ label: name }, at) => ({ value: String(at), label: name }))}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        />
        <Field key={picked} {...props} place={option.place} label={option.label} isRequired />
      </Stack>
    </Nested>
  );
}

const optionsRead = 20;
const plainKinds = new Set(["text", "number", "boolean", "choice"]);

/** The option, with what is said of all of them. */
const withWords = ({ schema, base }: Place, { description, isNullable }: ShapedProps<"alternatives">["shape"]): Place => ({
  schema: { allOf: [{ ...(description && { description }), ...(isNullable && { nullable: true }) }, schema] },
  base,
});

/** The entry of another alternative, with the members that both have. */
function turned(entry: Entry, next: Entry, place: { schema: unknown; base: string } | undefined, documents: Documents): Entry {
  const shape = place && shapeOf(place, documents);
  if (shape?.kind !== "group" || entry.kind !== "group") return next;
  return shape.members.reduce<Entry>((kept, { name, place: inner }) => {
    const asked = shapeOf(inner, documents);
    const member = memberOf(entry, name);
    return member.kind === "absent" || asked.kind === "choice" ? kept : withMember(kept, name, member);
  }, next);
}
