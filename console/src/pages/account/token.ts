/** The token after `#token=`, taken out of the address bar and the history at once: what stays there is seen over a shoulder. Undefined when there is none. */
export function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return token ?? undefined;
}
