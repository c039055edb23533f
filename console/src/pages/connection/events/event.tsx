/** OneEvent. */
export function OneEvent() {
  return null;
}
