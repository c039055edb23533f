/** Versions. */
export function Versions() {
  return null;
}
