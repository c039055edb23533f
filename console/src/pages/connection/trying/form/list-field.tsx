import { ActionIcon, Button, Stack } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { begun } from "./begin.ts";
import { type Item, memberPath, nextId } from "./entry.ts";
import { type ShapedProps, useDocuments } from "./field-props.ts";
import classes from "./form.module.css";
import { Nested } from "./nested.tsx";

/** A list: its items one below the other, to add and remove. One that is not required is left out until it is added. */
export function ListField({ shape, Field, ...props }: ShapedProps<"list">) {
  const documents = useDocuments();
  const { entry, path, label, isRequired, onChange } = props;
  const items = entry.kind === "list" ? entry.items : [];
  const change = (changed: readonly Item[]) => onChange({ kind: "list", items: changed });
  const add = () => change([...items, { id: nextId(items), entry: begun(shape.itemAt(items.length), documents) }]);
  const isFull = shape.itemsMax !== undefined && items.length >= shape.itemsMax;
  return (
    <Nested
      {...props}
      shape={shape}
      what={`list${bounds(shape.itemsMin, shape.itemsMax)}`}
      isThere={isRequired || entry.kind === "list"}
      onAdd={add}
    >
      <Stack gap="sm">
        {items.map(({ id, entry: item }, at) => (
          <div key={id} className={classes.item}>
            <Field
              place={shape.itemAt(at)}
              label={`${label} ${at + 1}`}
              path={memberPath(path, String(at))}
              entry={item}
              isRequired
              isItem
              onChange={(changed) => change(items.map((one) => (one.id === id ? { id, entry: changed } : one)))}
            />
            <ActionIcon aria-label={`Remove ${label} ${at + 1}`} onClick={() => change(items.filter((one) => one.id !== id))}>
              <X size={16} />
            </ActionIcon>
          </div>
        ))}
        {!isFull && (
          <Button variant="subtle" size="compact-sm" style={{ alignSelf: "start" }} leftSection={<Plus size={14} />} onClick={add}>
            Add {items.length === 0 ? "an" : "another"} item{items.length === 0 ? "" : ` to ${label}`}
          </Button>
        )}
      </Stack>
    </Nested>
  );
}

function bounds(min: number, max: number | undefined): string {
  if (max !== undefined) return ` of ${min} to ${max}`;
  return min > 0 ? ` of at least ${min}` : "";
}
