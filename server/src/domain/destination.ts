/** What is wrong with an address that events are to be posted to, whatever the egress policy says; undefined when nothing is. */
export function destinationFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:\/\//i.test(text))
    return "This must be a URL that begins with https://, or with http:// where an operator allows it.";
  if (url.username !== "" || url.password !== "") return "Leave user and password out: each delivery is signed.";
  if (text.includes("#")) return "Leave the fragment out: it is never sent.";
  return undefined;
}
