/** New. */
export function NewDefinitions() {
  return null;
}
