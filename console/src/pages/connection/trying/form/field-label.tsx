import { Text, VisuallyHidden } from "@mantine/core";
import { Prose } from "../../../../parts/prose.tsx";
import classes from "./form.module.css";

/** The name of a field, as the outside system writes it, and beside it in a few words what it takes. */
export function Label({ name, hint, isRequired = false }: { name: string; hint?: string | undefined; isRequired?: boolean }) {
  return (
    <>
      <span className={classes.name}>{name}</span>
      {isRequired && (
        <span className={classes.asterisk} aria-hidden>
          {" "}
          *
        </span>
      )}
      {hint && (
        <Text span size="xs" c="dimmed" fw={400} ml={8}>
          {hint}
          {isRequired && <VisuallyHidden>, required</VisuallyHidden>}
        </Text>
      )}
    </>
  );
}

/** What a schema says of a place, cut where it goes on and on. */
export function Said({ text }: { text: string | undefined }) {
  if (!text) return null;
  return (
    <span className={classes.said}>
      <Prose text={text} />
    </span>
  );
}
