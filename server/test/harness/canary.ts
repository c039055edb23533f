import { randomBytes } from "node:crypto";

/**
 * A secret for a test, unlike any other: quotes, `%`, `+` and letters beyond ASCII, and a line break where the field may hold one.
 * Every one begins with `marker`, so one search finds whichever of them got out (V-7).
 */
export function canary(name: string, { lines = true }: { lines?: boolean } = {}): string {
  return `${marker}${lines ? "\n" : ""}"'%+&<é漢 ${name} ${randomBytes(6).toString("hex")}`;
}

/** A canary in the alphabet of an API key: printable ASCII without spaces. */
export function canaryKey(name: string): string {
  return `${marker}"'%+&<${name}-${randomBytes(12).toString("hex")}`;
}

/** A canary as a file in base64. */
export function canaryFile(name: string): string {
  return Buffer.from(canary(name)).toString("base64");
}

/** Letters and digits only, so it reads the same raw, in JSON, in HTML, and URL-encoded once or twice. */
const marker = "Can4ryQ7Zx";

/** The ways a secret may be written where nobody looks for it. */
export const encodings = {
  raw: (text: string) => text,
  JSON: (text: string) => JSON.stringify(text),
  URL: (text: string) => encodeURIComponent(text),
  "double URL": (text: string) => encodeURIComponent(encodeURIComponent(text)),
  base64: (text: string) => Buffer.from(text).toString("base64"),
  base64url: (text: string) => Buffer.from(text).toString("base64url"),
  hex: (text: string) => Buffer.from(text).toString("hex"),
  HTML: (text: string) => text.replaceAll(/[^\x20-\x7e]|["'&<>]/gu, (character) => `&#${character.codePointAt(0)};`),
} as const satisfies Record<string, (text: string) => string>;

/** Where a canary shows in `haystack`: the text around each place, at most ten. */
export function leaksIn(haystack: string): string[] {
  return forms.flatMap((form) => placesOf(haystack, form)).slice(0, 10);
}

const forms = [marker, ...hexForms(marker), ...base64Forms(marker)];

function hexForms(text: string): string[] {
  const hex = Buffer.from(text).toString("hex");
  return [hex, hex.toUpperCase()];
}

/** In base64 a text looks different at each of three offsets, and its edges depend on its neighbours. Both alphabets agree on the rest. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(" ".repeat(offset) + text).toString("base64url");
    const start = offset === 0 ? 0 : offset + 1;
    const whole = Math.floor(((offset + text.length) * 8) / 6);
    return encoded.slice(start, whole);
  });
}

function placesOf(haystack: string, form: string): string[] {
  const places: string[] = [];
  for (let at = haystack.indexOf(form); at >= 0 && places.length < 10; at = haystack.indexOf(form, at + form.length)) {
    places.push(haystack.slice(Math.max(0, at - 120), at + form.length + 40));
  }
  return places;
}
