import { Button, Group, Text } from "@mantine/core";
import { ChevronRight, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { absent, plain } from "./entry.ts";
import { Label, Said } from "./field-label.tsx";
import { type FieldProps, useFault, useHasFaultWithin } from "./field-props.ts";
import classes from "./form.module.css";
import type { KnownShape } from "./shape.ts";

interface Holder extends FieldProps {
  readonly shape: KnownShape;
  /** What it is, in a word. */
  readonly what: string;
  readonly isThere: boolean;
  /** Left out where a part of it shows what is wrong with all of it. */
  readonly showsFault?: boolean;
  readonly onAdd: () => void;
  readonly children: ReactNode;
}

/** A field with parts: can be closed, and added and removed where it need not be there. It opens by itself when a fault is inside. */
export function Nested({
  label,
  path,
  isRequired,
  isItem = false,
  shape,
  what,
  isThere,
  showsFault = true,
  onChange,
  onAdd,
  children,
}: Holder) {
  const [isWanted, setOpen] = useState(true);
  const hasFault = useHasFaultWithin(path);
  const fault = useFault(path);
  const isOpen = isThere && (isWanted || hasFault);
  const title = <Label name={label} hint={what} isRequired={isRequired && !isItem} />;
  return (
    <fieldset className={classes.nested} aria-label={label}>
      <Group gap="xs" justify="space-between" wrap="nowrap" align="start">
        {isThere ? (
          <button type="button" className={classes.opener} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <ChevronRight size={14} className={classes.chevron} aria-hidden />
            <span>{title}</span>
          </button>
        ) : (
          <Text span size="sm">
            {title}
          </Text>
        )}
        <Group gap={4} wrap="nowrap">
          {!isThere && shape.isNullable && (
            <Button size="compact-xs" variant="subtle" onClick={() => onChange(plain(null))} aria-label={`Send null as ${label}`}>
              Send null
            </Button>
          )}
          {!isThere && (
            <Button size="compact-xs" variant="light" leftSection={<Plus size={12} />} onClick={onAdd} aria-label={`Add ${label}`}>
              Add
            </Button>
          )}
          {isThere && !isRequired && (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(absent)} aria-label={`Leave out ${label}`}>
              Leave out
            </Button>
          )}
        </Group>
      </Group>
      {shape.description && (
        <Text size="xs" c="dimmed" component="div">
          <Said text={shape.description} />
        </Text>
      )}
      {fault && showsFault && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {fault}
        </Text>
      )}
      {isOpen && <div className={classes.inside}>{children}</div>}
    </fieldset>
  );
}
