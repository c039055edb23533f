/** OneTrigger. */
export function OneTrigger() {
  return null;
}
