import type { AuthSchemeConfigHMAC, SignatureBodyDigest } from "@mooring/contract";
import { type ContentPiece, contentPieces } from "../../domain/signature-content.ts";
import { type CheckStep, digestOf, isSameDigest, onlyValueAt } from "../check.ts";
import { type Incoming, withoutParameter } from "../incoming.ts";
import { formText, isForm } from "./form.ts";
import { readDigest } from "./value.ts";

/** What is signed of a request: exact bytes, in order. */
export interface Content {
  readonly pieces: readonly Uint8Array[];
  /** Whether a change of the body changes them. */
  readonly coversBody: boolean;
}

/** What the other parts of a signature say, for a content that repeats them. */
export interface ContentParts {
  readonly timestamp: string | undefined;
  readonly id: string | undefined;
}

export type ReadContent = (incoming: Incoming, parts: ContentParts) => Content | { fault: CheckStep };

/** Prepares the reading of what is signed by this config (W-1: of the bytes as they came). */
export function contentReader({ in: part, name, digestInputs, signature }: AuthSchemeConfigHMAC): ReadContent {
  const template =
    signature?.content === undefined ? digestInputs.map((kind): ContentPiece => ({ kind })) : contentPieces(signature.content);
  const texts = template.map((piece) => (piece.kind === "text" ? Buffer.from(piece.text, "utf8") : undefined));
  const isBodySigned = template.some(({ kind }) => kind === "body");
  const isFormSigned = template.some(({ kind }) => kind === "form");
  const bodyDigest = signature?.bodyDigest;
  // A signature cannot sign itself: it was made before it was written there.
  const urlOf = ({ received: { url } }: Incoming) => Buffer.from(part === "query" ? withoutParameter(url, name) : url, "latin1");
  return (incoming, parts) => {
    const { received } = incoming;
    const standIn = bodyDigest ? bodyStandIn(incoming, bodyDigest, { isBodySigned, isFormSigned }) : "absent";
    if (typeof standIn !== "string") return standIn;
    const form = isFormSigned && standIn === "absent" ? formOf(incoming) : "";
    if (typeof form !== "string") return form;
    const pieces: Uint8Array[] = [];
    for (const [at, piece] of template.entries()) {
      const bytes = texts[at] ?? bytesOf(piece);
      if ("fault" in bytes) return bytes;
      pieces.push(bytes);
    }
    return { pieces, coversBody: isBodySigned || isFormSigned || bodyDigest !== undefined };

    function bytesOf(piece: ContentPiece): Uint8Array | { fault: CheckStep } {
      switch (piece.kind) {
        case "body":
          return received.body;
        case "url":
          return urlOf(incoming);
        case "method":
          return Buffer.from(received.method, "latin1");
        case "form":
          return Buffer.from(form as string, "utf8");
        case "timestamp":
        case "id":
          return Buffer.from(parts[piece.kind] ?? "", "latin1");
        case "header": {
          const sent = onlyValueAt(incoming, { in: "header", name: piece.name }, "content");
          return "fault" in sent ? sent : Buffer.from(sent.value, "latin1");
        }
        case "text":
        case "unknown":
          return Buffer.from(piece.text, "utf8");
      }
    }
  };
}

/** Whether the digest that stands for the body is there and is the body's. Absent, where it may be: the body is signed by itself. */
function bodyStandIn(
  incoming: Incoming,
  place: SignatureBodyDigest,
  { isBodySigned, isFormSigned }: { isBodySigned: boolean; isFormSigned: boolean },
): "matches" | "absent" | { fault: CheckStep } {
  const { body } = incoming.received;
  const mayBeAbsent = isBodySigned || body.length === 0 || (isFormSigned && isForm(contentTypeOf(incoming)));
  if (mayBeAbsent && incoming.valuesAt(place).length === 0) return "absent";
  const sent = onlyValueAt(incoming, place, "body");
  if ("fault" in sent) return sent;
  const digest = readDigest(sent.value, "hex", 32);
  if (digest && isSameDigest(digest, digestOf(body))) return "matches";
  return fault("It is not the body whose digest is signed: it was changed on its way, or is another delivery's.");
}

/** The fields of the body. A body that is no form fails: nothing of it would be signed. */
function formOf(incoming: Incoming): string | { fault: CheckStep } {
  const { body } = incoming.received;
  if (body.length === 0) return "";
  const text = isForm(contentTypeOf(incoming)) ? formText(body) : undefined;
  return text ?? fault("It is no form that can be read without doubt, and nothing else of it is signed.");
}

function contentTypeOf(incoming: Incoming): string | undefined {
  const values = incoming.valuesAt({ in: "header", name: "Content-Type" });
  return values.length === 1 ? values[0] : undefined;
}

const fault = (message: string) => ({ fault: { what: "body", passed: false, message } });
