import { Stack, Text } from "@mantine/core";
import type { ReactNode, Ref } from "react";
import classes from "./field-group.module.css";

interface Group {
  readonly legend: string;
  readonly description?: ReactNode;
  readonly ref?: Ref<HTMLFieldSetElement>;
  readonly children: ReactNode;
}

/** Fields that belong together, named as one field is. */
export function FieldGroup({ legend, description, ref, children }: Group) {
  return (
    <fieldset className={classes.group} ref={ref}>
      <legend className={classes.legend}>{legend}</legend>
      <Stack gap="xs">
        {description && (
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        )}
        {children}
      </Stack>
    </fieldset>
  );
}
