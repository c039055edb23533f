import { Button, Group, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { Dialog } from "./dialog.tsx";

/** Stands in the way of leaving a page with changes that are not saved, by a link, back, or closing the tab. */
export function Unsaved({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Dialog opened={blocker.status === "blocked"} onClose={() => blocker.reset?.()} title="Leave without saving?">
      <Stack>
        <Text size="sm">What you changed on this page is not saved yet.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
            Stay here
          </Button>
          <Button color="red.9" onClick={() => blocker.proceed?.()}>
            Leave
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
