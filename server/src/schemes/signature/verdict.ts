import { createHmac } from "node:crypto";
import type { AuthSchemeConfigHMAC, Signature } from "@mooring/contract";
import { signatureFaults } from "../../domain/signature-faults.ts";
import {
  type Checked,
  type CheckStep,
  digestOf,
  failed,
  goodAt,
  type HeldSecrets,
  isSameDigest,
  onlyValueAt,
  placeName,
  prepared,
} from "../check.ts";
import type { Incoming } from "../incoming.ts";
import { type Content, contentReader } from "./content.ts";
import { checkingKeyOf } from "./key.ts";
import { timestampStep } from "./timestamp.ts";
import { digestLength, readDigest, readValue, type SignatureValue } from "./value.ts";

/** Prepares the verdict on a signature (RFC 2104) over what came in, as its config says: stops at the first thing that is not in order. */
export function signatureVerdict(config: AuthSchemeConfigHMAC, held: HeldSecrets): SignatureVerdict {
  const { algorithm, signature = {} } = config;
  const [misfit] = [...signatureFaults(config), ...(signsNothing(config) ? [nothingSigned] : [])];
  // Refused when saved; a row may be older than that rule.
  if (misfit) return () => failed({ what: "config", passed: false, message: `${misfit.field}: ${misfit.message}` });
  const readContent = contentReader(config);
  // As text of one character for each byte: Node looks at bytes for four times as long as the signature takes.
  const keys = prepared(held, (secrets) => checkingKeyOf(secrets, signature)?.toString("latin1"));
  const { encoding = "hex" } = signature;
  const place = { in: config.in, name: config.name };
  const steps = algorithm === "sha1" ? [weakHash] : [];
  return (incoming) => {
    const sent = onlyValueAt(incoming, place, "signature");
    if ("fault" in sent) return failed(...steps, sent.fault);
    const value = readValue(sent.value, signature);
    if ("fault" in value) return failed(...steps, value.fault);
    const beside = readBeside(incoming, signature, value);
    if ("fault" in beside) return failed(...steps, ...beside.steps, beside.fault);
    const content = readContent(incoming, beside);
    if ("fault" in content) return failed(...steps, ...beside.steps, content.fault);
    const digests = value.candidates.map((candidate) => readDigest(candidate, encoding, digestLength[algorithm]));
    const good = goodAt(keys, incoming.received.receivedAt);
    const step = compared(digests, good, content, { algorithm, encoding, place: placeName(place) });
    const warned = content.coversBody ? [] : [bodyNotSigned];
    return { passed: step.passed, steps: [...steps, ...beside.steps, ...warned, step], ...onceOf(step, beside.id, content) };
  };
}

export type SignatureVerdict = (incoming: Incoming) => Checked;

/** One signature for all requests: whoever has seen it may send anything. Calls may be signed so, and so it may be stored. */
const signsNothing = ({ digestInputs, signature }: AuthSchemeConfigHMAC) => digestInputs.length === 0 && signature?.content === undefined;
const nothingSigned = { field: "digestInputs", message: "Nothing of a request is signed. Let it be signed over its body." };

const weakHash: CheckStep = {
  what: "algorithm",
  passed: true,
  message: "sha1 is weak. Choose sha256 or sha512 where the sender can sign with them.",
};
const bodyNotSigned: CheckStep = {
  what: "body",
  passed: true,
  message: "The body is not signed: whoever has seen one signature can send any body. Sign it where the sender can.",
};

interface Beside {
  readonly timestamp: string | undefined;
  readonly id: string | undefined;
  readonly steps: readonly CheckStep[];
}

/** What is signed beside the request itself: when, and the sender's id of it. */
function readBeside(
  incoming: Incoming,
  { timestamp, toleranceSeconds = toleranceSecondsDefault, id }: Signature,
  value: SignatureValue,
): Beside | { fault: CheckStep; steps: readonly CheckStep[] } {
  const at = timestamp && readTimestamp(incoming, timestamp, value);
  if (at && "fault" in at) return { fault: at.fault, steps: [] };
  const inTime = at && timestampStep(at.value, timestamp?.unit, toleranceSeconds, incoming.received.receivedAt);
  if (inTime && !inTime.passed) return { fault: inTime, steps: [] };
  const steps = inTime ? [inTime] : [];
  const own = id && onlyValueAt(incoming, id, "id");
  if (own && "fault" in own) return { fault: own.fault, steps };
  if (own && own.value.length > idLengthMax) {
    return { fault: { what: "id", passed: false, message: `It is longer than ${idLengthMax} characters.` }, steps };
  }
  return { timestamp: at?.value, id: own?.value, steps };
}

const toleranceSecondsDefault = 300;
const idLengthMax = 200;

function readTimestamp(incoming: Incoming, { in: part, name }: NonNullable<Signature["timestamp"]>, value: SignatureValue) {
  if (part !== "signature") return onlyValueAt(incoming, { in: part, name }, "timestamp");
  const [first, ...others] = value.partsNamed(name);
  if (first !== undefined && others.length === 0) return { value: first };
  const message = first === undefined ? `The signature has no part ${name}=.` : `The signature has ${name}= more than once.`;
  return { fault: { what: "timestamp", passed: false, message } };
}

function compared(
  digests: readonly (Buffer | undefined)[],
  keys: readonly (string | undefined)[],
  { pieces }: Content,
  { algorithm, encoding, place }: { algorithm: "sha1" | "sha256" | "sha512"; encoding: "hex" | "base64"; place: string },
): CheckStep {
  const what = "signature";
  const readable = digests.filter((digest) => digest !== undefined);
  if (readable.length === 0) return { what, passed: false, message: `${place} holds no ${algorithm} digest in ${encoding}.` };
  const usable = keys.filter((key) => key !== undefined);
  if (usable.length === 0) return { what, passed: false, message: "The credential holds no key that can be used as its config says." };
  const isSigned = usable.some((key) => {
    const mac = createHmac(algorithm, key, { encoding: "latin1" });
    for (const piece of pieces) mac.update(piece);
    const expected = mac.digest();
    return readable.some((digest) => isSameDigest(digest, expected));
  });
  const message = isSigned
    ? "It is over what came, made with the credential's key."
    : "It is over something else, or made with another key.";
  return { what, passed: isSigned, message };
}

/** Only what is signed can tell a repeated request: the rest can be changed by whoever repeats it. */
function onceOf({ passed }: CheckStep, id: string | undefined, { pieces, coversBody }: Content): Pick<Checked, "once"> {
  if (!passed) return {};
  if (id !== undefined) return { once: { id } };
  return coversBody ? { once: { content: digestOf(Buffer.concat(pieces)).toString("base64url") } } : {};
}
