/** OneDefinition. */
export function OneDefinition() {
  return null;
}
