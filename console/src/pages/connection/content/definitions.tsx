/** Definitions. */
export function Definitions() {
  return null;
}
