/** A page of a heading and one sentence, for a person whose browser came here by itself. Both are text, whoever wrote them. */
export function page(heading: string, sentence: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(heading)} · Mooring</title>
<h1>${escaped(heading)}</h1>
<p>${escaped(sentence)}</p>
</html>
`;
}

/** `text` as it stands in a page. */
export const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
