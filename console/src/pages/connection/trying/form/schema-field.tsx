import { Button, Group, Input, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useContext, useEffect } from "react";
import { schemaQuery } from "../../../../parts/schema-query.ts";
import { AlternativesField } from "./alternatives-field.tsx";
import { begun, fits } from "./begin.ts";
import { absent } from "./entry.ts";
import { Label } from "./field-label.tsx";
import { type FieldProps, FormContext, useDocuments } from "./field-props.ts";
import { FileField } from "./file-field.tsx";
import { GroupField } from "./group-field.tsx";
import { ListField } from "./list-field.tsx";
import { BooleanField, ChoiceField, NumberField, RawField, TextField } from "./plain-fields.tsx";
import { type KnownShape, shapeOf } from "./shape.ts";

/**
 * A field for whatever a schema asks for at a place. What the schema refers to is read when the field is shown, and its parts are shown
 * when they are wanted, so that a schema which holds itself is no matter. A value that does not fit is shown as JSON.
 */
export function SchemaField(props: FieldProps) {
  const shape = shapeOf(props.place, useDocuments());
  return shape.kind === "awaited" ? <AwaitedField {...props} url={shape.url} /> : <KnownField {...props} shape={shape} />;
}

function AwaitedField({ url, ...props }: FieldProps & { url: string }) {
  const query = useQuery(schemaQuery(url));
  if (query.isSuccess) return <SchemaField {...props} />;
  if (query.isError) return <RawField {...props} note="Its description cannot be read, so it is given as JSON." />;
  return (
    <Input.Wrapper label={props.label} aria-busy="true">
      <Skeleton height={36} />
    </Input.Wrapper>
  );
}

function KnownField({ shape, ...props }: FieldProps & { shape: KnownShape }) {
  const { takesFiles } = useContext(FormContext);
  const documents = useDocuments();
  const { place, entry, isRequired, onChange } = props;
  // What must be there begins once its schema is read. One after the other: each render sees what the one before began.
  useEffect(() => {
    const hasParts = shape.kind === "group" || shape.kind === "list";
    if (isRequired && hasParts && entry.kind === "absent") onChange(begun(place, documents));
  });
  if (shape.kind === "text" && shape.isFile && takesFiles) return <FileField {...props} />;
  if (entry.kind === "plain" && entry.value === null && shape.isNullable && shape.kind !== "boolean" && shape.kind !== "choice")
    return <NullField {...props} description={shape.description} onGive={() => onChange(absent)} />;
  if (!fits(entry, shape) && shape.kind !== "any")
    return <RawField {...props} note="This is not what the description asks for, so it is shown as JSON." />;
  const shaped = { ...props, Field: SchemaField };
  switch (shape.kind) {
    case "text":
      return <TextField {...shaped} shape={shape} />;
    case "number":
      return <NumberField {...shaped} shape={shape} />;
    case "boolean":
      return <BooleanField {...shaped} shape={shape} />;
    case "choice":
      return <ChoiceField {...shaped} shape={shape} />;
    case "list":
      return <ListField {...shaped} shape={shape} />;
    case "group":
      return <GroupField {...shaped} shape={shape} />;
    case "alternatives":
      return <AlternativesField {...shaped} shape={shape} />;
    case "any":
      return <RawField {...props} note={shape.description} />;
  }
}

function NullField({ label, isRequired, description, onGive }: FieldProps & { description: string | undefined; onGive: () => void }) {
  return (
    <Input.Wrapper label={<Label name={label} isRequired={isRequired} />} labelElement="div" description={description}>
      <Group gap="xs" mt={4}>
        <Text size="sm">null is sent.</Text>
        <Button size="compact-xs" variant="subtle" onClick={onGive} aria-label={`Give ${label} a value`}>
          Give a value
        </Button>
      </Group>
    </Input.Wrapper>
  );
}
