/** Environments. */
export function Environments() {
  return null;
}
