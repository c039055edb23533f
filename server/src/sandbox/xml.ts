import { Problem } from "../kernel/errors.ts";
import type { ValueFault } from "./value-faults.ts";
import { boundWebAssembly } from "./xml-memory.ts";

/** An XML Schema that documents can be held against. */
export interface CompiledXml {
  /** The faults of a document, [] when it fits. `pointer` is an XPath, empty for what is not of one element. */
  check(xml: string): readonly ValueFault[];
  /** Gives back its memory, which nothing collects. */
  dispose(): void;
}

/** Compiles an XML Schema, or lists what keeps it from being one. Nothing outside of the text is ever read (J-3). */
export async function compileXml(schema: string): Promise<{ readonly compiled: CompiledXml } | { readonly faults: readonly ValueFault[] }> {
  const { XsdValidator } = await load();
  const read = await parse(schema);
  if ("faults" in read) return read;
  try {
    const elsewhere = referencesElsewhere(read.document);
    if (elsewhere.length > 0) return { faults: elsewhere };
    const validator = XsdValidator.fromDoc(read.document);
    const parseValue = await parser();
    return { compiled: { check: (xml) => check(validator, parseValue(xml)), dispose: () => validator.dispose() } };
  } catch (error) {
    return { faults: faultsFrom(error, "This is no XML Schema.", inFull) };
  } finally {
    read.document.dispose();
  }
}

type Xml = typeof import("libxml2-wasm");
type Validator = ReturnType<Xml["XsdValidator"]["fromDoc"]>;
type XmlDocument = ReturnType<Xml["XmlDocument"]["fromString"]>;
type Read = { readonly document: XmlDocument } | { readonly faults: readonly ValueFault[] };

// A megabyte of WebAssembly, which few ever need.
async function load(): Promise<Xml> {
  boundWebAssembly();
  return await import("libxml2-wasm");
}

async function parse(xml: string): Promise<Read> {
  return (await parser())(xml);
}

async function parser(): Promise<(xml: string) => Read> {
  const { XmlDocument, ParseOption } = await load();
  // Entities stay as they are: without a DTD there are only those of XML itself.
  const option =
    ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_SYS_CATALOG | ParseOption.XML_PARSE_IGNORE_ENC;
  return (xml) => {
    // Looked for in the text, so that not even its own entities are worked out; a comment with it is refused as well.
    if (xml.includes("<!DOCTYPE")) return { faults: [{ pointer: "", message: "It may have no DTD (<!DOCTYPE)." }] };
    if (xml.length > textMax) return { faults: [{ pointer: "", message: `It may have at most ${textMax} characters.` }] };
    try {
      return { document: XmlDocument.fromString(xml, { option }) };
    } catch (error) {
      return { faults: faultsFrom(error, "This is no XML.") };
    }
  };
}

function check(validator: Validator, read: Read): readonly ValueFault[] {
  if ("faults" in read) return read.faults;
  try {
    validator.validate(read.document);
    return [];
  } catch (error) {
    return faultsFrom(error, "This does not fit the schema.");
  } finally {
    read.document.dispose();
  }
}

/** Schemas are put together from others by address; here each is whole. */
function referencesElsewhere(document: XmlDocument): ValueFault[] {
  const at = (name: string) => `//*[local-name()='${name}' and namespace-uri()='${xsd}']`;
  const includes = ["include", "redefine", "override"].map((name) => ({ name, nodes: document.find(at(name)) }));
  const imports = document.find(`${at("import")}[@schemaLocation]`);
  return [...includes, { name: "import with a schemaLocation", nodes: imports }].flatMap(({ name, nodes }) =>
    nodes.map(({ line }) => ({ pointer: "", message: `Line ${line}: ${name} would read another file; put all into one schema.` })),
  );
}

function faultsFrom(error: unknown, otherwise: string, words = withoutValues): ValueFault[] {
  const details = (error as { details?: readonly Detail[] }).details;
  if (!(error instanceof Error) || !Array.isArray(details))
    throw error instanceof WebAssembly.RuntimeError ? new Problem("too_costly") : error;
  const faults = details.slice(0, faultsMax).map(({ message, line, xpath }) => ({
    pointer: xpath ?? "",
    message: `${line > 0 ? `Line ${line}: ` : ""}${words(message.trim())}`.slice(0, messageMax),
  }));
  return faults.length > 0 ? faults : [{ pointer: "", message: otherwise }];
}

interface Detail {
  readonly message: string;
  readonly line: number;
  readonly xpath?: string;
}

/** What libxml2 says of a schema, which may be repeated. */
const inFull = (message: string) => message.replaceAll(`{${xsd}}`, "xs:");

/** What libxml2 says of a document, without what it quotes of its values (V-7): names, types and what was expected are of the schema. */
function withoutValues(message: string): string {
  const [, subject = "", rest = message] =
    /^((?:Element|[Aa]ttribute|[\w ]+) '[^']*'(?:, attribute '[^']*')?): ([\s\S]*)$/.exec(message) ?? [];
  const facet = /^\[facet '(\w+)'\]/.exec(rest)?.[1];
  const type = /is not a valid value of the .*?type '([^']*)'\.?$/.exec(rest)?.[1];
  const what = facet
    ? `its value breaks ${facet}`
    : type
      ? `its value is no ${type}`
      : (quotesNothing.exec(rest)?.[0] ?? "this does not fit");
  return `${subject ? `${subject}: ` : ""}${what.replace(/\.$/, "")}.`;
}

const quotesNothing =
  /^(?:This element is not expected\.(?: Expected is .*)?|Missing child element\(s\)\.(?: Expected is .*)?|The attribute '[^']*' is (?:required but missing|not allowed)\.|No matching global .*|Character content .* is not allowed.*|Element content is not allowed.*|[A-Z][^':]*(?: mismatch: [\w:.-]+(?: line \d+)? and [\w:.-]+)?)$/;

const xsd = "http://www.w3.org/2001/XMLSchema";
const textMax = 10_000_000;
const faultsMax = 100;
const messageMax = 500;
