import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Dialog } from "./dialog.tsx";
import { Fault } from "./fault.tsx";

interface Confirmation {
  /** What is done, as in "Delete the connection". */
  readonly title: string;
  /** What has to be typed: the name of what goes. */
  readonly name: string;
  /** The word on the button, as in "Delete". */
  readonly verb: string;
  readonly isOpen: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  /** What it breaks, in words. */
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** The last question before something goes for good: says what breaks, and asks for the name. */
export function ConfirmByName({ title, name, verb, isOpen, isPending, error, children, onClose, onConfirm }: Confirmation) {
  const [typed, setTyped] = useState("");
  const isRight = typed === name;
  const close = () => {
    setTyped("");
    onClose();
  };
  return (
    <Dialog opened={isOpen} onClose={close} title={title} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight) onConfirm();
        }}
      >
        <Stack>
          <div>{children}</div>
          <TextInput
            label={
              <Text span size="sm">
                Type <b>{name}</b> to go on
              </Text>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <Fault error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color="red.9" disabled={!isRight} loading={isPending}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
