/**
 * The fields of a form (application/x-www-form-urlencoded) as they are signed: name and value of each behind each other, sorted by
 * name, and each value of a name once, sorted. Undefined for what is no form beyond doubt: two bodies must not read as one.
 */
export function formText(body: Buffer): string | undefined {
  if (body.length === 0) return "";
  const pairs = body.toString("latin1").split("&", fieldsMax + 1);
  if (pairs.length > fieldsMax) return undefined;
  const fields = new Map<string, Set<string>>();
  for (const pair of pairs) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decoded(at === -1 ? pair : pair.slice(0, at));
    const value = decoded(at === -1 ? "" : pair.slice(at + 1));
    if (name === undefined || value === undefined) return undefined;
    const values = fields.get(name);
    if (values) values.add(value);
    else fields.set(name, new Set([value]));
  }
  const names = [...fields.keys()].sort();
  return names
    .map((name) =>
      [...(fields.get(name) ?? [])]
        .sort()
        .map((value) => name + value)
        .join(""),
    )
    .join("");
}

const fieldsMax = 1_000;

function decoded(latin1: string): string | undefined {
  // Nearly always plain letters, which need nothing of what follows.
  if (/^[0-9A-Za-z_.~*-]*$/.test(latin1)) return latin1;
  if (/%(?![0-9A-Fa-f]{2})/.test(latin1)) return undefined;
  const bytes = latin1.replaceAll("+", " ").replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return strictUtf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a content type is that of a form. */
export const isForm = (contentType: string | undefined): boolean => /^application\/x-www-form-urlencoded *(?:;|$)/i.test(contentType ?? "");
