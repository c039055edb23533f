/** OneVersion. */
export function OneVersion() {
  return null;
}
