import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How a sign-in at an outside system ended, for a person. */
export interface Ending {
  readonly outcome: "connected" | "failed";
  readonly heading: string;
  readonly sentence: string;
}

/**
 * The page at the end of a sign-in. Its script tells the console, which waits in another window, and closes this one; whoever came by
 * another way reads the words. Both are text, whoever wrote them.
 */
export function endingPage({ outcome, heading, sentence }: Ending): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(heading)} · Mooring</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/page.css">
<script src="/console/oauth2-done.js" defer></script>
<body data-outcome="${outcome}">
<main>
<h1>${escaped(heading)}</h1>
<p>${escaped(sentence)}</p>
<small>You can close this window.</small>
</main>
</body>
</html>
`;
}

/** `text` as it stands in a page. */
export const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** What such a page is sent with: it runs and shows nothing but the two files below. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** The files of such pages by path, read once. */
export function pageFiles(): ReadonlyMap<string, { readonly type: string; readonly body: Buffer }> {
  const read = (name: string, type: string) => ({ type, body: readFileSync(join(import.meta.dirname, "page", name)) });
  return new Map([
    ["/console/oauth2-done.js", read("oauth2-done.js", "text/javascript; charset=utf-8")],
    ["/console/page.css", read("page.css", "text/css; charset=utf-8")],
  ]);
}
