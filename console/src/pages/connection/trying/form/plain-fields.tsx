import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { JsonEditor } from "../../../../parts/json-editor.tsx";
import { choiceOf } from "./begin.ts";
import { absent, entryOfValue, plain, written } from "./entry.ts";
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
    ...nullButton(props, shape),
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
      {...nullButton(props, shape)}
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
      data={options(
        isRequired,
        shape,
        ["true", "false"].map((value) => ({ value, label: value })),
      )}
      onChange={({ currentTarget: { value } }) =>
        onChange(value === "" ? absent : value === "null" ? plain(null) : plain(value === "true"))
      }
    />
  );
}

/** One of some values. */
export function ChoiceField({ shape, ...props }: ShapedProps<"choice">) {
  const { entry, isRequired, onChange } = props;
  const look = useFieldLook(props, shape, undefined);
  const values = shape.values.map((value, at) => ({
    value: String(at),
    label: typeof value === "string" ? value || "(empty text)" : JSON.stringify(value),
  }));
  return (
    <NativeSelect
      {...look}
      value={entry.kind === "absent" ? "" : String(choiceOf(entry, shape.values) ?? "null")}
      data={options(isRequired, shape, values)}
      onChange={({ currentTarget: { value } }) =>
        onChange(value === "" ? absent : value === "null" ? plain(null) : entryOfValue(shape.values[Number(value)]))
      }
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

/** What all fields show of themselves: name, hint, description, fault, and whether they must be filled in. */
function useFieldLook({ label, path, isRequired, isItem = false }: FieldProps, shape: KnownShape, hint: string | undefined) {
  const error = useFault(path);
  const description: ReactNode = shape.description ? <Said text={shape.description} /> : undefined;
  return { label: <Label name={label} hint={hint} isRequired={isRequired && !isItem} />, "aria-required": isRequired, description, error };
}

/** A way to say null, where that may be said and nothing is typed. */
function nullButton({ label, entry, onChange }: FieldProps, { isNullable }: KnownShape) {
  if (!isNullable || entry.kind !== "absent") return {};
  const button = (
    <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(plain(null))} aria-label={`Send null as ${label}`}>
      null
    </Button>
  );
  return { rightSection: button, rightSectionWidth: 56 };
}

/** The values of a list to choose from, null among them where that may be said. */
function options(isRequired: boolean, shape: KnownShape, values: readonly { readonly value: string; readonly label: string }[]) {
  return [{ value: "", label: noneLabel(isRequired, shape) }, ...values, ...(shape.isNullable ? [{ value: "null", label: "null" }] : [])];
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
