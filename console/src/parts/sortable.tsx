import { type Announcements, closestCenter, DndContext, KeyboardSensor, PointerSensor, useSensor, useSensors } from "@dnd-kit/core";
import { arrayMove, SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { ActionIcon } from "@mantine/core";
import { GripVertical } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import classes from "./sortable.module.css";

/** What a row is given: the handle to drag it by, and the same as two steps for whoever does not drag. */
export interface Place {
  readonly handle: ReactNode;
  readonly number: number;
  readonly moveUp: (() => void) | undefined;
  readonly moveDown: (() => void) | undefined;
}

interface Sortable<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly nameOf: (item: Item) => string;
  /** Keeps the order; the list is shown in it until this ends. Left out: nothing can be moved. */
  readonly onMove?: ((items: Item[]) => Promise<unknown>) | undefined;
  readonly render: (item: Item, place: Place) => ReactNode;
}

/** A list whose order means something: to drag by mouse or finger, to move with Space and the arrows, or step by step (WCAG 2.2, 2.5.7). */
export function SortableList<Item>({ label, items, keyOf, nameOf, onMove, render }: Sortable<Item>) {
  const [moved, setMoved] = useState<readonly Item[]>();
  const shown = moved ?? items;
  const keys = shown.map(keyOf);
  const hasMoved = useRef(false);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const nameAt = (key: unknown) => {
    const found = shown.find((item) => keyOf(item) === key);
    return found ? nameOf(found) : "";
  };

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      modifiers={[({ transform }) => ({ ...transform, x: 0 })]}
      accessibility={{
        announcements: announcementsOf(nameAt, (key) => `${keys.indexOf(String(key)) + 1} of ${keys.length}`, hasMoved),
        screenReaderInstructions: {
          draggable: "Press space to pick it up, the arrows to move it, space to put it down, escape to leave it.",
        },
      }}
      onDragEnd={({ active, over }) => {
        if (over && over.id !== active.id) move(keys.indexOf(String(active.id)), keys.indexOf(String(over.id)));
      }}
    >
      <SortableContext items={keys} strategy={verticalListSortingStrategy}>
        <ol className={classes.list} aria-label={label}>
          {shown.map((item, index) => (
            <Row
              key={keyOf(item)}
              id={keyOf(item)}
              name={nameOf(item)}
              isFixed={!onMove || shown.length < 2 || moved !== undefined}
              isAlone={!onMove || shown.length < 2}
            >
              {(handle) =>
                render(item, {
                  handle,
                  number: index + 1,
                  moveUp: onMove && index > 0 ? () => move(index, index - 1) : undefined,
                  moveDown: onMove && index < shown.length - 1 ? () => move(index, index + 1) : undefined,
                })
              }
            </Row>
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );

  function move(from: number, to: number) {
    const next = arrayMove([...shown], from, to);
    setMoved(next);
    void onMove?.(next).finally(() => setMoved(undefined));
  }
}

function Row({
  id,
  name,
  isFixed,
  isAlone,
  children,
}: {
  id: string;
  name: string;
  isFixed: boolean;
  isAlone: boolean;
  children: (handle: ReactNode) => ReactNode;
}) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
    disabled: isFixed,
  });
  const handle = isAlone ? null : (
    <ActionIcon {...attributes} {...listeners} ref={setActivatorNodeRef} aria-label={`Move ${name}`} className={classes.handle ?? ""}>
      <GripVertical size={16} />
    </ActionIcon>
  );
  return (
    <li
      ref={setNodeRef}
      className={classes.row}
      data-dragging={isDragging || undefined}
      style={{ transform: transform ? `translate3d(0, ${transform.y}px, 0)` : undefined, transition }}
    >
      {children(handle)}
    </li>
  );
}

function announcementsOf(
  nameAt: (key: unknown) => string,
  placeOf: (key: unknown) => string,
  hasMoved: { current: boolean },
): Announcements {
  return {
    onDragStart({ active }) {
      hasMoved.current = false;
      return `Picked up ${nameAt(active.id)}. It is ${placeOf(active.id)}.`;
    },
    onDragOver({ active, over }) {
      // It is over its own place as soon as it is picked up: that would speak over what was just said.
      if (!over || (over.id === active.id && !hasMoved.current)) return undefined;
      hasMoved.current = true;
      return `${nameAt(active.id)} is now ${placeOf(over.id)}.`;
    },
    onDragEnd: ({ active, over }) => (over ? `${nameAt(active.id)} was put down as ${placeOf(over.id)}.` : undefined),
    onDragCancel: ({ active }) => `${nameAt(active.id)} was left where it was.`,
  };
}
