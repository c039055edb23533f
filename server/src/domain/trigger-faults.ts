import type { ContentError, HTTPMethod, TriggerHTTPParameter } from "@mooring/contract";
import type { StoredResponse } from "./action.ts";
import { contentError, contentWarning } from "./content-error.ts";
import { exchangeFaults, missingLinks, withinBound } from "./exchange-faults.ts";
import { article, charactersMax, isOfType } from "./parameter-default-faults.ts";
import { isSendable, placedFaults } from "./parameter-faults.ts";
import type { TriggerDocument } from "./trigger.ts";
import type { KnownDefinitions } from "./way.ts";

/**
 * Everything that is wrong with a trigger, each with a JSON Pointer into its document; [] when nothing is. `definitions` holds those that
 * it links to, as far as its version has them.
 */
export function triggerFaults(document: TriggerDocument, definitions: KnownDefinitions): ContentError[] {
  return withinBound([
    ...methodFaults(document.method),
    ...challengeFaults(document),
    ...placedFaults(document.parameters, (parameter, here) => defaultFaults(parameter, `${here}/default`), headerFaults),
    ...exchangeFaults(document, definitions),
    ...answerFaults(document.responses),
    ...missingLinks(document, definitions),
  ]);
}

function methodFaults(method: HTTPMethod): ContentError[] {
  if (method !== "CONNECT" && method !== "TRACE") return [];
  return [contentError("/method", `Mooring takes no events that come with ${method}; choose another method.`)];
}

function challengeFaults({ method, challenge }: TriggerDocument): ContentError[] {
  if (challenge === undefined) return [];
  const here = "/challenge/name";
  if (challenge.in === "query")
    return isSendable(challenge.name)
      ? []
      : [contentError(here, "The name of a parameter in the query has no control characters, and is not empty.")];
  if (!pointerPattern.test(challenge.name)) return [contentError(here, "This must be a JSON Pointer into the body, such as /challenge.")];
  if (method !== "GET" && method !== "HEAD") return [];
  return [contentWarning("/challenge/in", `What comes with ${method} has no body, so none of it is a challenge.`)];
}

// RFC 6901 section 3, but for the one to the whole body.
const pointerPattern = /^(\/([^~/]|~0|~1)*)+$/;

/** An event is no template: what stands in a default is what is meant. */
function defaultFaults({ type, default: given }: TriggerHTTPParameter, here: string): ContentError[] {
  if (given === undefined) return [];
  if (typeof given !== "string") return isOfType[type](given) ? [] : [contentError(here, `This must be ${article[type]} ${type}.`)];
  if (type !== "string") return [contentError(here, `This must be ${article[type]} ${type}.`)];
  return given.length > charactersMax ? [contentError(here, `A default is a text of at most ${charactersMax} characters.`)] : [];
}

function headerFaults(key: string, here: string): ContentError[] {
  if (key === "content-type")
    return [contentWarning(here, "It says what the body is: the definitions of the body say which types it may have.")];
  if (key === "cookie") return [contentWarning(here, "It holds all cookies; declare each as a parameter in the cookie.")];
  if (!ofTheWay.has(key)) return [];
  return [contentError(here, "This header belongs to the way here and not to the event; remove the parameter.")];
}

/** Headers that concern one connection on the way (RFC 9110 section 7.6.1) or how the message is framed. */
const ofTheWay = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The sender is answered one status when all is well, and a body only with those that have one (RFC 9110 section 6.4.1). */
function answerFaults(responses: readonly StoredResponse[]): ContentError[] {
  const isSuccess = ({ status }: StoredResponse) => status === undefined || (status >= 200 && status <= 299);
  const bodiless = responses.flatMap(({ status, definitions }, at) =>
    status !== undefined && withoutBody.has(status) && definitions.length > 0
      ? [contentWarning(`/responses/${at}/definitions`, `An answer with status ${status} has no body.`)]
      : [],
  );
  const interim = responses.flatMap(({ status = 200 }, at) =>
    status >= 100 && status <= 199 ? [contentWarning(`/responses/${at}/status`, `Nobody is answered ${status} in the end.`)] : [],
  );
  const unsaid =
    responses.length > 0 && !responses.some(isSuccess)
      ? [contentWarning("/responses", "None is for events that are kept: their sender gets 200. Declare a status from 200 to 299.")]
      : [];
  return [...bodiless, ...interim, ...unsaid];
}

const withoutBody = new Set([204, 205, 304]);
