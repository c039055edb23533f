import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
} from "yaml";
import { Problem } from "../kernel/errors.ts";
import { documentFault } from "./document-fault.ts";
import { type DocumentLimits, keyFault } from "./json-text.ts";

/**
 * The value of a text in YAML 1.2, as JSON could say it: the core schema without tags of its own, and without merge keys. What is too deep, too
 * much or has more than `aliasesMax` aliases is refused before anything is made of it (J-1). Throws `Problem` malformed_document.
 */
export function readYaml(text: string, limits: DocumentLimits): unknown {
  let signs = 0;
  for (const _ of new Lexer().lex(text)) if (++signs > signsMax) throw new Problem("malformed_document", { message: tooLarge });
  const tokens = [...new Parser(new LineCounter().addNewLine).parse(text)];
  measure(text, tokens, limits);
  const [document, another] = new Composer(options).compose(tokens);
  if (another) throw documentFault(text, another.range[0], "A second document begins here; only one can be read.");
  if (!document?.contents) throw documentFault(text, 0, "The document is empty.");
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) throw documentFault(text, wrong.pos[0], `${wrong.message.replace(/[.\s]+$/, "")}.`);
  return createReader(text, document, limits)(document.contents, 1);
}

const options = {
  version: "1.2",
  schema: "core",
  // Said here, so that a directive of the document does not say otherwise.
  merge: false,
  resolveKnownTags: false,
  customTags: null,
  // Keys are compared when they are read: here each would be with all others.
  uniqueKeys: false,
  strict: true,
  prettyErrors: false,
} as const;

// A thousand take about 250 KB while they are worked on.
const signsMax = 600_000;
const tooLarge = `As YAML it is too large, with more than ${signsMax} signs and words; send it as JSON.`;
const aliasesMax = 100;
const copiedMax = 100_000;

/** Counts on the tokens, which are made without recursion. */
function measure(text: string, tokens: readonly CST.Token[], { depthMax, nodesMax }: DocumentLimits): void {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  let nodes = 0;
  let aliases = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    const fault = (message: string) => documentFault(text, token.offset, message);
    if (token.type === "document") {
      if (token.value) open.push({ token: token.value, depth });
      continue;
    }
    nodes += 1;
    if (token.type === "alias") aliases += 1;
    if (aliases > aliasesMax) throw fault(`There are more than ${aliasesMax} aliases.`);
    if (nodes > 2 * nodesMax) throw fault(`It has more than ${nodesMax} values.`);
    if (!("items" in token)) continue;
    if (depth >= depthMax) throw fault(`It is nested deeper than ${depthMax} levels.`);
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
}

/** Each alias becomes a copy, and what is copied counts: so a few lines that stand for billions end at the limit. */
function createReader(text: string, document: Document.Parsed, { depthMax, nodesMax }: DocumentLimits) {
  let nodes = 0;
  let copied = 0;
  let copies = 0;
  const sources = sourcesOf(document.contents);
  return read;

  function read(node: Node | ParsedNode | null, depth: number): unknown {
    const fault = (message: string) => documentFault(text, node?.range?.[0] ?? 0, message);
    nodes += 1;
    if (nodes > nodesMax) throw fault(`It has more than ${nodesMax} values, with all that its aliases stand for.`);
    if (depth > depthMax + 1) throw fault(`It is nested deeper than ${depthMax} levels, with all that its aliases stand for.`);
    if (copies > 0) copied += 1;
    if (copied > copiedMax) throw fault(`Its aliases stand for more than ${copiedMax} values.`);
    if (node === null) return null;
    if (isAlias(node)) {
      const source = sources.get(node);
      if (!source) throw fault("The alias stands for nothing.");
      copies += 1;
      const copy = read(source, depth);
      copies -= 1;
      return copy;
    }
    if (isScalar(node)) return scalar(node.value, fault);
    if (isSeq(node)) return node.items.map((item) => read(item as Node | null, depth + 1));
    if (!isMap(node)) throw fault("It is nothing that JSON could say.");
    return object(node.items as readonly YamlPair[], depth);
  }

  function object(pairs: readonly YamlPair[], depth: number): unknown {
    const entries = new Map<string, unknown>();
    for (const { key, value } of pairs) {
      const fault = (message: string) => documentFault(text, key?.range?.[0] ?? 0, message);
      const named = isAlias(key) ? sources.get(key) : key;
      if (named !== null && !isScalar(named)) throw fault("A key must be a text or a number.");
      const name = named === null || named === undefined ? "null" : String(scalar(named.value, fault));
      if (name === "<<" && !(isScalar(named) && named.type?.startsWith("QUOTE"))) throw fault("Merge keys are not of YAML 1.2.");
      const wrong = keyFault(name, entries);
      if (wrong) throw fault(wrong);
      entries.set(name, read(value, depth + 1));
    }
    return Object.fromEntries(entries);
  }
}

/** What each alias stands for: the last before it that has its name. */
function sourcesOf(root: Node | null): ReadonlyMap<Node, Node> {
  const named = new Map<string, Node>();
  const sources = new Map<Node, Node>();
  const look = (node: Node | null): void => {
    if (node === null) return;
    if (isAlias(node)) {
      const source = named.get(node.source);
      if (source) sources.set(node, source);
      return;
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) named.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) look(item as Node | null);
    if (!isMap(node)) return;
    for (const { key, value } of node.items as readonly YamlPair[]) {
      look(key);
      look(value);
    }
  };
  look(root);
  return sources;
}

interface YamlPair {
  readonly key: Node | null;
  readonly value: Node | null;
}

function scalar(value: unknown, fault: (message: string) => Error): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw fault("It is nothing that JSON could say.");
}
