import type { ContentError, HTTPMethod } from "@mooring/contract";
import type { HttpActionDocument } from "./action.ts";
import { contentError } from "./content-error.ts";
import { exchangeFaults } from "./exchange-faults.ts";
import { parameterFaults } from "./parameter-faults.ts";
import { pathFaults } from "./path-faults.ts";
import type { KnownDefinitions } from "./way.ts";

/** What is wrong with an HTTP request and the answers to it, apart from links that lead nowhere. */
export function httpActionFaults(document: HttpActionDocument, definitions: KnownDefinitions): ContentError[] {
  return [
    ...methodFaults(document.method),
    ...pathFaults(document),
    ...parameterFaults(document.parameters),
    ...exchangeFaults(document, definitions),
  ];
}

function methodFaults(method: HTTPMethod): ContentError[] {
  if (method !== "CONNECT" && method !== "TRACE") return [];
  return [contentError("/method", `The gateway does not pass ${method} on; choose another method.`)];
}
