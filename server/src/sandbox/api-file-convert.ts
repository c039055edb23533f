import type { ImportHTTPConnectionMetadata, Message } from "@mooring/contract";
import { upgradeFromTwoToThree } from "@scalar/openapi-upgrader/2.0-to-3.0";
import { Problem } from "../kernel/errors.ts";
import { isObject } from "./dialects.ts";
import { isCollection, openApiOfCollection } from "./postman.ts";

/** A document of OpenAPI, or of what may become one. */
export interface OpenApiDocument {
  readonly document: unknown;
  /** Whether it was Swagger 2.0 or a Postman collection before. */
  readonly isConverted: boolean;
  /** What the conversion left out. */
  readonly messages: readonly Message[];
}

/**
 * The document as OpenAPI 3: Swagger 2.0 and Postman collections are converted, which fetches nothing; all else stays as it is. Throws
 * `Problem` invalid_request for what is not of the format that was said, or that cannot be converted.
 */
export function openApiOf(value: unknown, format: ImportHTTPConnectionMetadata["format"]): OpenApiDocument {
  if (format === "postman") {
    if (!isCollection(value))
      throw refused("metadata.format", "This is no Postman collection (v2); say another format, or export it again.");
    return { ...converted(() => openApiOfCollection(value)), isConverted: true };
  }
  if (isCollection(value)) throw refused("metadata.format", "This is a Postman collection; say postman as its format.");
  if (!isSwagger(value)) return { document: value, isConverted: false, messages: [] };
  const document = converted(() => upgradeFromTwoToThree({ ...value, swagger: "2.0" }));
  return { document, isConverted: true, messages: tabbed(value) };
}

/** The converter says nothing of lists between tabs, which OpenAPI 3 has no words for. */
function tabbed(value: JsonObject): Message[] {
  const places: string[] = [];
  const look = (inner: unknown, place: string): void => {
    if (typeof inner !== "object" || inner === null || places.length >= placesMax) return;
    if (!Array.isArray(inner) && (inner as JsonObject).collectionFormat === "tsv") places.push(`${place}/collectionFormat`);
    for (const [key, member] of Object.entries(inner)) look(member, `${place}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  };
  look(value.paths, "/paths");
  look(value.parameters, "/parameters");
  const text = "Lists whose items stand between tabs (`tsv`) are sent with one parameter for each item.";
  return places.length === 0 ? [] : [{ severity: "warning", text, detail: places }];
}

const placesMax = 100;

const refused = (field: string, message: string) => new Problem("invalid_request", { fields: [{ field, message }] });

type JsonObject = Readonly<Record<string, unknown>>;

/** YAML reads `swagger: 2.0` as a number. */
const isSwagger = (value: unknown): value is JsonObject =>
  isObject(value) && !Object.hasOwn(value, "openapi") && /^2(?:\.0)?$/.test(String(value.swagger));

/** The converters take a well-formed file for granted, and stumble over any other in many ways. */
function converted<Converted>(convertIt: () => Converted): Converted {
  try {
    return convertIt();
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const said = error instanceof Error ? ` (${error.message.slice(0, 200)})` : "";
    throw refused("file", `The file cannot be converted to OpenAPI 3${said}. Convert it with a tool that says where, or mend it.`);
  }
}
