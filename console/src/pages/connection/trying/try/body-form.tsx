import { Group, NativeSelect, SegmentedControl, Stack, Switch, Text, Textarea, TextInput, Title } from "@mantine/core";
import type { Action } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { useContext, useEffect, useMemo, useState } from "react";
import { Waiting } from "../../../../parts/answer.tsx";
import { JsonEditor } from "../../../../parts/json-editor.tsx";
import { schemaQuery } from "../../../../parts/schema-query.ts";
import { begun } from "../form/begin.ts";
import { absent, entryOf, plain, written } from "../form/entry.ts";
import { type FieldProps, FormContext, useDocuments, useFault } from "../form/field-props.ts";
import { FileField } from "../form/file-field.tsx";
import { Members } from "../form/group-field.tsx";
import { SchemaField } from "../form/schema-field.tsx";
import { shapeOf } from "../form/shape.ts";
import { bodyMedia, type Input, isRange, kindOf } from "./input.ts";

interface BodyFields {
  readonly action: Action;
  readonly input: Input;
  readonly onChange: (input: Input) => void;
}

/** The body of a call: as a form where something describes it, as JSON where somebody likes that better, as text or file otherwise. */
export function BodyForm({ action, input, onChange }: BodyFields) {
  const { media, sendsBody, typedMedia } = input;
  const all = bodyMedia(action);
  const isRequired = action.type === "http" && action.requestBody?.required === true;
  const contentFault = useFault("contentType");
  if (!media) return null;
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Title order={3}>Body</Title>
        {!isRequired && (
          <Switch
            label="Send a body"
            checked={sendsBody}
            onChange={(event) => onChange({ ...input, sendsBody: event.currentTarget.checked })}
          />
        )}
      </Group>
      {sendsBody && (
        <>
          {all.length > 1 && (
            <NativeSelect
              label="Media type"
              value={String(all.findIndex(({ type }) => type === media.type))}
              data={all.map(({ type }, at) => ({ value: String(at), label: type }))}
              onChange={(event) => onChange(withMedia(input, all[Number(event.currentTarget.value)]))}
            />
          )}
          {isRange(media.type) && (
            <TextInput
              label="Which media type exactly"
              placeholder={media.type.replaceAll("*", "…")}
              value={typedMedia}
              error={contentFault}
              onChange={(event) => onChange({ ...input, typedMedia: event.currentTarget.value })}
            />
          )}
          <Content key={media.type} input={input} onChange={onChange} />
        </>
      )}
    </Stack>
  );
}

/** What was typed goes on to the other media type where that is given alike; else it waits until somebody comes back to it. */
function withMedia(input: Input, media: Input["media"]): Input {
  const { body, text, mode } = input;
  if (!input.media || !media) return input;
  const isAlike = isStructured(input.media.type) && isStructured(media.type) && input.media.definition?.id === media.definition?.id;
  const left = { ...input.left, [input.media.type]: { body, text, mode } };
  const there = isAlike ? { body, text, mode } : (left[media.type] ?? { body: absent, text: "", mode: "form" });
  return { ...input, media, left, ...there };
}

const isStructured = (type: string) => ["json", "form", "multipart"].includes(kindOf(type));

function Content({ input, onChange }: Omit<BodyFields, "action">) {
  const { media, body } = input;
  const fault = useFault("body");
  const kind = kindOf(media?.type ?? "");
  const change: FieldProps["onChange"] = (entry) => onChange({ ...input, body: entry });
  if (kind === "binary") return <FileField isBare place={anything} label="body" path="body" isRequired entry={body} onChange={change} />;
  if (kind === "text")
    return (
      <Textarea
        label="Text"
        autosize
        minRows={4}
        maxRows={20}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        error={fault}
        value={body.kind === "plain" ? String(body.value) : ""}
        onChange={(event) => change(event.currentTarget.value === "" ? absent : plain(event.currentTarget.value))}
      />
    );
  return <Structured input={input} onChange={onChange} />;
}

const anything = { schema: true, base: "" };

/** A body with parts: as a form or as JSON. What was typed into one is in the other. */
function Structured({ input, onChange }: Omit<BodyFields, "action">) {
  const { media, mode, body, text } = input;
  const [shownAs, setShownAs] = useState<string>();
  const [isStuck, setStuck] = useState(false);
  const fault = useFault("body");
  const setting = useContext(FormContext);
  const takesFiles = kindOf(media?.type ?? "") === "multipart";
  const inner = useMemo(() => ({ ...setting, takesFiles }), [setting, takesFiles]);
  const turn = (next: string) => {
    setStuck(false);
    if (next === "json") {
      const json = written(body, "body").json ?? "";
      setShownAs(json);
      return onChange({ ...input, mode: "json", text: json });
    }
    // Untouched, the form is as it was, down to what cannot be written as JSON yet.
    if (text === shownAs) return onChange({ ...input, mode: "form" });
    try {
      onChange({ ...input, mode: "form", body: text.trim() === "" ? absent : entryOf(text) });
    } catch {
      setStuck(true);
    }
  };
  return (
    <FormContext.Provider value={inner}>
      <SegmentedControl
        aria-label="How the body is given"
        size="xs"
        style={{ alignSelf: "start" }}
        data={[
          { value: "form", label: "Form" },
          { value: "json", label: "JSON" },
        ]}
        value={mode}
        onChange={turn}
      />
      {mode === "json" ? (
        <JsonEditor
          label="Body as JSON"
          value={text}
          heightMin={160}
          error={isStuck ? "This is no JSON yet, so it cannot be shown as a form. Mend it first." : fault}
          onChange={(typed) => onChange({ ...input, text: typed })}
        />
      ) : (
        <Root input={input} onChange={(entry) => onChange({ ...input, body: entry })} />
      )}
    </FormContext.Provider>
  );
}

function Root({ input: { media, body }, onChange }: { input: Input; onChange: FieldProps["onChange"] }) {
  const documents = useDocuments();
  const url = media?.definition?.url;
  const query = useQuery({ ...schemaQuery(url ?? ""), enabled: url !== undefined });
  const place = url === undefined ? { schema: { type: "object" }, base: "" } : { schema: { $ref: url }, base: url };
  const isRead = url === undefined || !query.isPending;
  const isUntouched = body.kind === "absent";
  useEffect(() => {
    if (isRead && isUntouched) onChange(begun(place, documents));
  }, [isRead, isUntouched]);
  const fault = useFault("body");
  if (!isRead) return <Waiting />;
  const field = { place, label: "body", path: "body", entry: body, isRequired: true, onChange };
  const shape = shapeOf(place, documents);
  if (shape.kind !== "group" || (body.kind !== "group" && body.kind !== "absent")) return <SchemaField {...field} />;
  return (
    <Stack gap="md">
      {shape.description && (
        <Text size="sm" c="dimmed" lineClamp={4}>
          {shape.description}
        </Text>
      )}
      {fault && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {fault}
        </Text>
      )}
      <Members {...field} shape={shape} Field={SchemaField} />
    </Stack>
  );
}
