/** OneSubscription. */
export function OneSubscription() {
  return null;
}
