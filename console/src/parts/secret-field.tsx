import { TextInput, type TextInputProps } from "@mantine/core";

/** A field for a secret: what is typed is never shown, kept by no browser, and gone from the page when the form is. */
export function SecretField(props: TextInputProps) {
  return <TextInput type="password" autoComplete="new-password" spellCheck={false} data-1p-ignore data-lpignore="true" {...props} />;
}
