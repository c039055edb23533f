/** A part of what is signed: text as it stands, or what comes with each request. */
export type ContentPiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "body" | "url" | "method" | "timestamp" | "id" | "form" }
  | { readonly kind: "header"; readonly name: string }
  /** A placeholder that means nothing, or one that does not end. */
  | { readonly kind: "unknown"; readonly text: string };

/** The pieces of a `content` template, in order. Spaces inside of the braces mean nothing. */
export function contentPieces(template: string): ContentPiece[] {
  const pieces: ContentPiece[] = [];
  let from = 0;
  while (from < template.length) {
    const start = template.indexOf("{{", from);
    if (start === -1) break;
    const end = template.indexOf("}}", start);
    if (end === -1) return [...pieces, ...textPiece(template.slice(from, start)), { kind: "unknown", text: template.slice(start) }];
    pieces.push(...textPiece(template.slice(from, start)), placeholder(template.slice(start + 2, end).trim()));
    from = end + 2;
  }
  return [...pieces, ...textPiece(template.slice(from))];
}

const textPiece = (text: string): ContentPiece[] => (text === "" ? [] : [{ kind: "text", text }]);

function placeholder(text: string): ContentPiece {
  const name = plain.find((one) => one === text);
  if (name) return { kind: name };
  const [, header] = /^header\.([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(text) ?? [];
  return header === undefined ? { kind: "unknown", text: `{{ ${text} }}` } : { kind: "header", name: header };
}

const plain = ["body", "url", "method", "timestamp", "id", "form"] as const;
