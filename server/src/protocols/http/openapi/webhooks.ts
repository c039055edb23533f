import type { ActionHTTPParameter, HTTPMethod, TriggerChallenge, TriggerHTTPParameter } from "@mooring/contract";
import { isList } from "../../../domain/action-parameter.ts";
import { type TriggerDocument, triggersMax } from "../../../domain/trigger.ts";
import { Problem } from "../../../kernel/errors.ts";
import { createBodies } from "./bodies.ts";
import { createWebhookNames, type Names } from "./names.ts";
import { methods, operationOthers, pathOthers } from "./operations.ts";
import { type ParameterReading, readParameters } from "./parameters.ts";
import { below, type Place, pointerOf, root } from "./place.ts";
import { descriptionMax, type Found, follow, summaryMax, textIn } from "./reading.ts";
import { objectOf } from "./values.ts";

/** A webhook as a trigger, before it has an id. Its links name every media type. */
export interface Webhook {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly document: TriggerDocument;
}

/** The extension by which a webhook says that events which do not fit are refused. */
export const strictKey = "x-mooring-strict";

/** The extension by which a webhook says where its sender puts the text that it wants back. */
export const challengeKey = "x-mooring-challenge";

/**
 * Every webhook of the file (OpenAPI 3.1 section 4.8.1), in its order, by its name. One that is not written as OpenAPI says is left out,
 * with a note.
 */
export function readWebhooks(reading: ParameterReading): Webhook[] {
  const { document, notes } = reading;
  const webhooks = objectOf(document.webhooks) ?? {};
  if (document.webhooks !== undefined && webhooks !== document.webhooks) notes.note("brokenOperation", below(root, "webhooks"));
  const names = createWebhookNames();
  const found: Webhook[] = [];
  for (const key of Object.keys(webhooks)) {
    const place = below(root, "webhooks", key);
    const item = follow(reading, webhooks[key], place, "brokenOperation");
    if (item === undefined) continue;
    notes.rest(item.object, item.place, itemKeys, itemOthers);
    for (const [word, method] of methods) {
      if (!Object.hasOwn(item.object, word)) continue;
      const operation = follow(reading, item.object[word], below(item.place, word), "brokenOperation");
      if (operation === undefined) continue;
      if (found.length >= triggersMax) throw tooMany(below(place, word));
      found.push(readWebhook({ key, method, item, operation, place }, names, reading));
    }
  }
  return found;
}

const itemKeys = new Set([...methods.keys(), "parameters", "$ref"]);
const itemOthers = new Map([...pathOthers, ["servers", "webhookPlace"] as const]);
const webhookKeys = new Set(["operationId", "summary", "description", "parameters", "requestBody", "responses", strictKey, challengeKey]);
const webhookOthers = new Map([...operationOthers, ["servers", "webhookPlace"] as const, ["security", "webhookSecurity"] as const]);

interface Parts {
  readonly key: string;
  readonly method: HTTPMethod;
  readonly item: Found;
  readonly operation: Found;
  readonly place: Place;
}

function readWebhook({ key, method, item, operation, place }: Parts, names: Names, reading: ParameterReading): Webhook {
  const { notes } = reading;
  notes.rest(operation.object, operation.place, webhookKeys, webhookOthers);
  const { name, isChanged } = names.take(key);
  if (isChanged) notes.note("nameChanged", place);
  const summary = textIn(reading, operation, "summary", summaryMax);
  const description = textIn(reading, operation, "description", descriptionMax);
  const strict = operation.object[strictKey];
  const challenge = challengeOf(operation, reading);
  const bodies = createBodies(name, reading);
  const requestBody = bodies.requestBody(operation);
  return {
    name,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    document: {
      type: "http",
      method,
      ...(typeof strict === "boolean" && { strict }),
      ...(challenge && { challenge }),
      parameters: readParameters(item, operation, { ...reading, defaultText: "plain" }).flatMap((one) =>
        parameterOf(one, operation.place, reading),
      ),
      ...(requestBody && { requestBody }),
      responses: bodies.responses(operation),
    },
  };
}

/** Undefined when it has none, or when that is not written as Mooring writes it. */
function challengeOf({ object, place }: Found, { notes }: ParameterReading): TriggerChallenge | undefined {
  const written = object[challengeKey];
  if (written === undefined) return undefined;
  const { in: carrier, name } = objectOf(written) ?? {};
  if ((carrier === "body" || carrier === "query") && typeof name === "string" && name.length <= nameMax) return { in: carrier, name };
  notes.note("extensions", below(place, challengeKey));
  return undefined;
}

const nameMax = 200;

/** What a trigger says of a parameter: a list comes as a text, in which its items are apart. */
function parameterOf(parameter: ActionHTTPParameter, place: Place, { notes }: ParameterReading): TriggerHTTPParameter[] {
  const { name, in: carrier, required, type, default: given, description, schema } = parameter;
  if (carrier === "path") {
    notes.note("webhookPlace", below(place, "parameters"));
    return [];
  }
  const list = isList(parameter);
  if (list || schema !== undefined) notes.note("webhookParameter", below(place, "parameters"));
  return [
    {
      name,
      in: carrier,
      required,
      type: list ? "string" : type,
      ...(given === undefined || list ? {} : { default: given }),
      ...(description === undefined ? {} : { description }),
    },
  ];
}

const tooMany = (place: Place) =>
  new Problem("invalid_request", {
    fields: [{ field: `file#${pointerOf(place)}`, message: `A file may hold ${triggersMax} webhooks at most; divide it.` }],
  });
