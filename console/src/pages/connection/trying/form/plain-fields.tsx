import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { JsonEditor } from "../../../../parts/json-editor.tsx";
import { choiceOf } from "./begin.ts";
import { absent, type Entry, entryOfValue, plain, written } from "./entry.ts";
import { Label, Said } from "./field-label.tsx";
import { type FieldProps, type ShapedProps, useFault } from "./field-props.ts";
import type { KnownShape } from "./shape.ts";

/** A text. An empty field is left out. */
export function TextField({ shape, ...props }: ShapedProps<"text">) {
  const { entry, onChange } = props;
  const value = entry.kind === "plain" && typeof entry.value === "string" ? entry.value : "";
  const isLong = (shape.lengthMax ?? 0) > 300 || value.length > 80 || value.includes("\n");
  const field = {
    ...useFieldLook(props, shape, textHint(shape)),
    placeholder: entry.kind === "plain" ? "An empty text" : placeholderOf(shape, formats[shape.format ?? ""]),
    value,
    maxLength: shape.lengthMax,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange(event.currentTarget.value === "" ? absent : plain(event.currentTarget.value)),
  };
  return isLong ? <Textarea autosize minRows={2} maxRows={12} {...field} /> : <TextInput {...field} />;
}

const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-11-25T14:30:00Z",
  date: "2026-11-25",
  time: "14:30:00Z",
  email: "name@example.com",
  uri: "https://example.com",
  uuid: "6f1b2c3d-0000-4000-8000-000000000000",
};

function textHint({ format, pattern, lengthMax }: Extract<KnownShape, { kind: "text" }>): string {
  const most = lengthMax === undefined ? undefined : `at most ${lengthMax} characters`;
  const like = pattern !== undefined && pattern.length <= 40 ? `as ${pattern}` : undefined;
  return [format ?? "text", most, like].filter(Boolean).join(", ");
}

/** A number, kept digit by digit as it was typed. */
export function NumberField({ shape, ...props }: ShapedProps<"number">) {
  const { entry, onChange } = props;
  const { isWhole, minimum, maximum } = shape;
  const bounds =
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}`
      : minimum !== undefined
        ? `at least ${minimum}`
        : maximum !== undefined
          ? `at most ${maximum}`
          : undefined;
  const look = useFieldLook(props, shape, [isWhole ? "whole number" : "number", bounds].filter(Boolean).join(", "));
  return (
    <TextInput
      {...look}
      inputMode={isWhole ? "numeric" : "decimal"}
      placeholder={placeholderOf(shape)}
      value={entry.kind === "number" ? entry.text : ""}
      onChange={({ currentTarget: { value } }) => onChange(value === "" ? absent : { kind: "number", text: value })}
    />
  );
}

/** True, false, or left out. */
export function BooleanField({ shape, ...props }: ShapedProps<"boolean">) {
  const { entry, isRequired, onChange } = props;
  const look = useFieldLook(props, shape, "yes or no");
  return (
    <NativeSelect
      {...look}
      value={entry.kind === "plain" ? String(entry.value) : ""}
      data={[{ value: "", label: noneLabel(isRequired, shape) }, "true", "false"]}
      onChange={({ currentTarget: { value } }) => onChange(value === "" ? absent : plain(value === "true"))}
    />
  );
}

/** One of some values. */
export function ChoiceField({ shape, ...props }: ShapedProps<"choice">) {
  const { entry, isRequired, onChange } = props;
  const look = useFieldLook(props, shape, undefined);
  const options = shape.values.map((value, at) => ({
    value: String(at),
    label: typeof value === "string" ? value || "(empty text)" : JSON.stringify(value),
  }));
  return (
    <NativeSelect
      {...look}
      value={entry.kind === "absent" ? "" : String(choiceOf(entry, shape.values))}
      data={[{ value: "", label: noneLabel(isRequired, shape) }, ...options]}
      onChange={({ currentTarget: { value } }) => onChange(value === "" ? absent : entryOfValue(shape.values[Number(value)]))}
    />
  );
}

/** Whatever it is, as JSON. An empty field is left out. */
export function RawField({ label, path, entry, isRequired, onChange, note }: FieldProps & { note?: string | undefined }) {
  const fault = useFault(path);
  const value = entry.kind === "raw" ? entry.text : (written(entry, path).json ?? "");
  const change = (text: string) => onChange(text.trim() === "" ? absent : { kind: "raw", text });
  return (
    <JsonEditor
      label={isRequired ? `${label} (required)` : label}
      description={note ?? "Any JSON."}
      value={value}
      error={fault}
      heightMin={60}
      onChange={change}
    />
  );
}

/** What all fields show of themselves: name, hint, description, fault, and a way to say null where that may be said. */
function useFieldLook({ label, path, isRequired, entry, onChange }: FieldProps, shape: KnownShape, hint: string | undefined) {
  const error = useFault(path);
  const description: ReactNode =
    shape.description || shape.isNullable ? <Described shape={shape} label={label} entry={entry} onChange={onChange} /> : undefined;
  return { label: <Label name={label} hint={hint} />, withAsterisk: isRequired, "aria-required": isRequired, description, error };
}

function Described({
  shape,
  label,
  entry,
  onChange,
}: {
  shape: KnownShape;
  label: string;
  entry: Entry;
  onChange: (entry: Entry) => void;
}) {
  return (
    <>
      <Said text={shape.description} />
      {shape.isNullable && entry.kind === "absent" && (
        <Button size="compact-xs" variant="subtle" ml={-6} onClick={() => onChange(plain(null))} aria-label={`Send null as ${label}`}>
          Send null
        </Button>
      )}
    </>
  );
}

function placeholderOf({ otherwise, example }: KnownShape, otherwiseExample?: string): string | undefined {
  if (otherwise !== undefined && otherwise !== null) return `${shown(otherwise)} when left out`;
  if (example !== undefined) return `for example ${shown(example)}`;
  return otherwiseExample && `for example ${otherwiseExample}`;
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 80);

function noneLabel(isRequired: boolean, { otherwise }: KnownShape): string {
  if (otherwise !== undefined && otherwise !== null) return `Left out (${shown(otherwise)})`;
  return isRequired ? "Choose…" : "Left out";
}
