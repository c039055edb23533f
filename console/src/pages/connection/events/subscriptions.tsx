/** Subscriptions. */
export function Subscriptions() {
  return null;
}
