/** Triggers. */
export function Triggers() {
  return null;
}
