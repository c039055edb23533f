import { ActionIcon, Box, Code, CopyButton, Group, ScrollArea, Text, Tooltip } from "@mantine/core";
import { Check, Copy as CopyIcon } from "lucide-react";
import classes from "./copy.module.css";

/** A small button that puts `value` on the clipboard. `label` says what is copied, as in "Copy the address". */
export function Copy({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : label}>
          <ActionIcon onClick={copy} aria-label={copied ? "Copied" : label} size="sm">
            {copied ? <Check size={15} /> : <CopyIcon size={15} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A line of text to copy, such as an id or an address. */
export function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <Group gap={4} wrap="nowrap" miw={0} className={classes.line}>
      <Code className={classes.value}>{value}</Code>
      <Copy value={value} label={label} />
    </Group>
  );
}

interface Block {
  readonly code: string;
  readonly title: string;
  readonly heightMax?: number;
  /** Long lines go on in the next one, on the page and not in what is copied. */
  readonly isWrapped?: boolean;
}

/** Code to read and copy; scrolls sideways by itself. `title` names it. */
export function CodeBlock({ code, title, heightMax = 420, isWrapped = false }: Block) {
  return (
    <Box className={classes.block}>
      <Group justify="space-between" className={classes.head}>
        <Text size="xs" fw={600}>
          {title}
        </Text>
        <Copy value={code} label={`Copy: ${title}`} />
      </Group>
      <ScrollArea.Autosize mah={heightMax} viewportProps={{ tabIndex: 0, role: "region", "aria-label": title }}>
        <pre className={classes.code} data-wrapped={isWrapped || undefined}>
          {code}
        </pre>
      </ScrollArea.Autosize>
    </Box>
  );
}
