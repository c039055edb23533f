/** OneEnvironment. */
export function OneEnvironment() {
  return null;
}
