/** OneAction. */
export function OneAction() {
  return null;
}
