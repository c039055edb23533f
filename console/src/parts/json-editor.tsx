import { Input } from "@mantine/core";
import { lazy, Suspense, useId } from "react";
import { Waiting } from "./answer.tsx";

// The editor is larger than all else on most pages, so it comes when it is needed.
const Editor = lazy(async () => ({ default: (await import("./editor.tsx")).Editor }));

interface JsonField {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly error?: string | undefined;
  readonly isReadOnly?: boolean;
  readonly heightMin?: number;
  readonly onChange?: (value: string) => void;
}

/** A field for JSON, with colours, brackets and faults shown where they are. The text is kept as it is typed. */
export function JsonEditor({ label, description, value, error, isReadOnly = false, heightMin = 120, onChange }: JsonField) {
  const id = useId();
  return (
    <Input.Wrapper label={label} labelElement="div" labelProps={{ id }} description={description} error={error}>
      <Suspense fallback={<Waiting lines={4} />}>
        <Editor labelId={id} value={value} isReadOnly={isReadOnly} heightMin={heightMin} onChange={onChange ?? nothing} />
      </Suspense>
    </Input.Wrapper>
  );
}

const nothing = () => {};
