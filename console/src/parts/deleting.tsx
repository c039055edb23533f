import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ConfirmByName } from "./confirm-by-name.tsx";
import { useSending } from "./sending.ts";

interface Deletion {
  /** As in "Delete the trigger". */
  readonly title: string;
  readonly name: string;
  /** What it breaks, in words. */
  readonly children: ReactNode;
  /** Deletes it and leaves its page, in this order: what is gone must not be read again. */
  readonly remove: () => Promise<void>;
}

/** A button that deletes something, once its name was typed. */
export function Deleting({ title, name, children, remove }: Deletion) {
  const sending = useSending();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="light" color="red" onClick={() => setOpen(true)}>
        Delete
      </Button>
      <ConfirmByName
        title={title}
        name={name}
        verb="Delete"
        isOpen={isOpen}
        isPending={sending.isPending}
        error={sending.error}
        onClose={() => setOpen(false)}
        onConfirm={() => void sending.run(remove)}
      >
        {children}
      </ConfirmByName>
    </>
  );
}
