import type { AuthSchemeConfigHMAC } from "@mooring/contract";
import { type ContentPiece, contentPieces } from "./signature-content.ts";

/** Everything that keeps a signature from being checked as its config says, with the fields; empty when it can be. */
export function signatureFaults({ digestInputs, signature }: AuthSchemeConfigHMAC): ConfigFault[] {
  if (!signature) return [];
  const pieces = signature.content === undefined ? digestInputs.map((kind): ContentPiece => ({ kind })) : contentPieces(signature.content);
  const signs = (kind: ContentPiece["kind"]) => pieces.some((piece) => piece.kind === kind);
  const { separator, prefix, timestamp, toleranceSeconds, id, bodyDigest } = signature;
  const faults: ConfigFault[] = [];
  const fault = (field: string, message: string) => faults.push({ field: `signature.${field}`, message });
  for (const piece of pieces) if (piece.kind === "unknown") fault("content", `${piece.text} is no placeholder. There are ${placeholders}.`);
  if (!pieces.some(({ kind }) => kind !== "text")) fault("content", "It signs nothing that changes: put `{{ body }}` into it.");
  if (signs("timestamp") && !timestamp) fault("timestamp", "`{{ timestamp }}` is signed; say where it is.");
  if (signs("id") && !id) fault("id", "`{{ id }}` is signed; say where it is.");
  // What is not signed can be changed by anybody: it would protect from nothing.
  if (timestamp && !signs("timestamp")) fault("timestamp", "It is not signed: put `{{ timestamp }}` into `content`, or leave it out.");
  if (id && !signs("id")) fault("id", "It is not signed: put `{{ id }}` into `content`, or leave it out.");
  if (toleranceSeconds !== undefined && !timestamp) fault("toleranceSeconds", "There is no `timestamp` that it could be held against.");
  if (timestamp?.in === "signature" && separator === undefined)
    fault("separator", "The timestamp is a part of the value; say what is between parts.");
  if (separator !== undefined && prefix?.slice(0, -1).includes(separator)) fault("prefix", "It holds the separator.");
  if (bodyDigest && !isDigestSigned(bodyDigest, pieces)) {
    fault(
      "bodyDigest",
      `It is not signed: put \`{{ ${bodyDigest.in === "query" ? "url" : `header.${bodyDigest.name}`} }}\` into \`content\`.`,
    );
  }
  return faults;
}

/** What is wrong with a config, and the field in it. */
export interface ConfigFault {
  readonly field: string;
  readonly message: string;
}

const placeholders = "`{{ body }}`, `{{ url }}`, `{{ method }}`, `{{ timestamp }}`, `{{ id }}`, `{{ form }}` and `{{ header.Name }}`";

function isDigestSigned({ in: part, name }: { in: "header" | "query"; name: string }, pieces: readonly ContentPiece[]): boolean {
  if (part === "query") return pieces.some(({ kind }) => kind === "url");
  return pieces.some((piece) => piece.kind === "header" && piece.name.toLowerCase() === name.toLowerCase());
}
