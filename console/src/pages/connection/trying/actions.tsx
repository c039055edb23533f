/** Actions. */
export function Actions() {
  return null;
}
