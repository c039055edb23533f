import { isDeepStrictEqual } from "node:util";
import type { HTTPConnection, Message } from "@mooring/contract";
import type { ApiDraft } from "../domain/api-draft.ts";
import { bare } from "./environment-links.ts";

/**
 * What a file says of the connection itself otherwise than the connection does. A new version changes none of it: where calls go and how
 * they prove who calls concerns every version, and the credentials that are there.
 */
export function connectionDifferences(connection: HTTPConnection, draft: ApiDraft): Message[] {
  const messages: Message[] = [];
  if (draft.baseUrl !== connection.baseUrl) {
    messages.push(told(`The file's base URL is ${draft.baseUrl}; the connection keeps ${connection.baseUrl}.`));
  }
  const schemes = connection.authSchemeConfigs.map(bare);
  const unknown = draft.authSchemeConfigs.filter((config) => !schemes.some((own) => isDeepStrictEqual(own, bare(config))));
  if (unknown.length > 0) {
    messages.push(
      told(
        "The file has auth schemes that the connection does not; they are not added to it.",
        unknown.map(({ schemeType }) => schemeType),
      ),
    );
  }
  const variables = new Set(connection.environmentVariables.map(({ name }) => name));
  const missing = draft.environmentVariables.filter(({ name }) => !variables.has(name));
  if (missing.length > 0) {
    messages.push(
      told(
        "The file's base URL has variables that the connection does not; they are not added to it.",
        missing.map(({ name }) => name),
      ),
    );
  }
  return messages;
}

const told = (text: string, detail?: string[]): Message => ({ text, severity: "warning", ...(detail ? { detail } : {}) });
