import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { homes, linesMax, namesWithoutMeaning, onlyHere, rooms, vaultOnlyOfCrypto } from "./boundary-tables.ts";

/** What in `files` breaks the tables of boundary-tables.ts, a sentence for each. Paths are relative to the root. Returns [] when all is well. */
export function boundaryFaults(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const own = { ...file, room: roomOf(file.path), code: withoutComments(file.text) };
    return [...importFaults(own), ...textFaults(own), ...nameFaults(own), ...lengthFaults(own)].map((fault) => `${file.path}: ${fault}`);
  });
}

/** Every source file of the product, under `root`. */
export function sourceFiles(root: string): SourceFile[] {
  const paths = globSync(["server/src/**/*.ts", "contract/src/**/*.ts", "console/src/**/*.{ts,tsx}"], { cwd: root }).toSorted();
  // What only declares types imports nothing at run time.
  return paths.filter((path) => !path.endsWith(".d.ts")).map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

interface RoomFile extends SourceFile {
  readonly room: string;
  /** The text without its comments. */
  readonly code: string;
}

interface Import {
  readonly from: string;
  readonly names: string;
  readonly isType: boolean;
}

// server/src/store/pages.ts is in `store`, server/src/main.ts in `main.ts`, all of contract/src in `contract`, all of console/src in `console`.
function roomOf(path: string): string {
  const [workspace, , room = ""] = path.split("/");
  return workspace === "server" ? room : (workspace ?? "");
}

const withoutComments = (text: string) => text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, "").replaceAll(/(^|\s)\/\/ .*$/gm, "");

function importFaults(file: RoomFile): string[] {
  const allowed = rooms[file.room];
  if (!allowed) return [`the room ${file.room} is not in the table of rooms`];
  return importsOf(file.code).flatMap((one) => {
    if (one.from.startsWith(".")) return roomFaults(file, one, allowed);
    if (one.from === "@mooring/contract") return contractFaults(file, one, allowed);
    return homeFaults(file, one);
  });
}

function importsOf(code: string): Import[] {
  const statements = [...code.matchAll(/^(?:import|export)\s+(type\s)?([^;"']*?)\s*from\s+"([^"]+)"/gm)];
  const bare = [...code.matchAll(/^import\s+"([^"]+)"|\b(?:import|require)\(\s*["'`]([^"'`]+)/gm)];
  return [
    ...statements.map(([, type, names = "", from = ""]) => ({ from, names, isType: type !== undefined || isAllTypes(names) })),
    ...bare.map(([, effect, dynamic]) => ({ from: effect ?? dynamic ?? "", names: "*", isType: false })),
  ];
}

// `import { type A, type B } from` is as erasable as `import type`.
function isAllTypes(names: string): boolean {
  const listed =
    /^\{([\s\S]*)\}$/
      .exec(names)?.[1]
      ?.split(",")
      .map((name) => name.trim())
      .filter(Boolean) ?? [];
  return listed.length > 0 && listed.every((name) => name.startsWith("type "));
}

function roomFaults(file: RoomFile, { from }: Import, allowed: readonly string[]): string[] {
  const target = join(file.path, "..", from);
  if (!/^(server|contract|console)\/src\//.test(target)) return [`imports ${from}, which is outside of the product's source`];
  const room = roomOf(target);
  if (target.split("/")[0] !== file.path.split("/")[0]) return [`imports ${from}: another workspace is imported by its name`];
  return room === file.room || reaches(allowed, room) ? [] : [`${file.room} may not import ${room} (${from})`];
}

function contractFaults(file: RoomFile, { isType }: Import, allowed: readonly string[]): string[] {
  if (reaches(allowed, "contract") || (isType && allowed.includes("contract (types)"))) return [];
  return [`${file.room} may not import ${isType ? "" : "values of "}contract`];
}

const reaches = (allowed: readonly string[], room: string) => allowed.includes(room) || allowed.includes("*");

function homeFaults(file: RoomFile, { from, names, isType }: Import): string[] {
  const name = from.startsWith("node:") ? from.replace(/\/.*/, "") : from.split("/", from.startsWith("@") ? 2 : 1).join("/");
  const home = homes[name];
  if (!home) return name.startsWith("node:") ? cryptoFaults(file, name, names) : [`${name} has no home in the table of third parties`];
  if (home.rooms.includes(file.room) || (isType && home.typesAnywhere)) return [];
  return [`${file.room} may not import ${name}; its home is ${home.rooms.join(", ") || "nowhere"}`];
}

function cryptoFaults(file: RoomFile, name: string, names: string): string[] {
  if (name !== "node:crypto" || file.room === "vault") return [];
  if (!names.startsWith("{")) return ["imports all of node:crypto; name what is needed"];
  return vaultOnlyOfCrypto.filter((one) => new RegExp(`\\b${one}\\b`).test(names)).map((one) => `${one} of node:crypto is for vault only`);
}

function textFaults({ path, room, code }: RoomFile): string[] {
  return onlyHere
    .filter(({ where, pattern }) => !where.some((one) => one === room || path.endsWith(`/src/${one}`)) && pattern.test(code))
    .map(({ what }) => what);
}

function nameFaults({ path }: RoomFile): string[] {
  const parts = path
    .split("/")
    .slice(2)
    .map((part) => part.replace(/\.tsx?$/, ""));
  return parts.filter((part) => namesWithoutMeaning.includes(part)).map((part) => `${part} says nothing about what is in it`);
}

function lengthFaults({ path, text }: RoomFile): string[] {
  const lines = text.trimEnd().split("\n").length;
  const max = linesMax[path] ?? linesMax["*"] ?? 0;
  return lines > max ? [`has ${lines} lines; ${max} are the most`] : [];
}

if (import.meta.main) {
  const faults = boundaryFaults(sourceFiles(join(import.meta.dirname, "..")));
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? "Boundaries: in order." : `Boundaries: ${faults.length} broken.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
