import { createHmac, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Secret } from "../kernel/secret.ts";
import { secretKey } from "./cipher.ts";
import type { MasterKey } from "./vault.ts";

/**
 * The master key: `configured` (32 bytes in base64) when given, else the key file `<dataDir>/master.key`, which is made when it is
 * absent and `mayGenerate` says that nothing can be sealed under a lost one. Throws an Error that says what to do when the key is
 * malformed, the file can be read by others, or there is none (V-4).
 */
export function loadMasterKey({ dataDir, configured, mayGenerate }: MasterKeySource): MasterKey {
  if (configured) return masterKeyOf(configured.reveal(), "MOORING_MASTER_KEY");
  const path = join(dataDir, "master.key");
  const stored = readKeyFile(path);
  if (stored !== undefined) return masterKeyOf(stored, path);
  if (!mayGenerate) {
    throw new Error(`There is a database but its master key is missing. Put ${path} back from a backup, or set MOORING_MASTER_KEY.`);
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  createKeyFile(dataDir, path);
  return masterKeyOf(readKeyFile(path) ?? "", path);
}

export interface MasterKeySource {
  dataDir: string;
  configured?: Secret | undefined;
  /** True only when there is no database yet. */
  mayGenerate: boolean;
}

/** Tells whether `text` is 32 bytes in base64, in the one spelling that encodes back to itself. */
export function isMasterKeyText(text: string): boolean {
  const material = Buffer.from(text, "base64");
  return material.length === 32 && material.toString("base64") === text;
}

function masterKeyOf(text: string, source: string): MasterKey {
  if (!isMasterKeyText(text)) {
    throw new Error(`${source} must be 32 bytes in base64 (44 characters, ending in "="). Make one with: openssl rand -base64 32`);
  }
  const key = secretKey(Buffer.from(text, "base64"));
  return { id: createHmac("sha256", key).update("mooring/master-key-id/v1").digest("hex").slice(0, 16), key };
}

function readKeyFile(path: string): string | undefined {
  const file = openIfPresent(path);
  if (file === undefined) return undefined;
  try {
    const { mode, size } = fstatSync(file);
    // Windows has no such bits and reports them all as set.
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new Error(`${path} can be read by others than its owner. If that was an accident, run: chmod 600 ${path}`);
    }
    if (size > 64) throw new Error(`${path} is not a key file: it should hold one line of 44 characters.`);
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } finally {
    closeSync(file);
  }
}

function openIfPresent(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

// The key is on the disk under its name whole or not at all, and a name that is taken is left alone: a link, unlike a rename,
// does not replace. So a crash leaves no half key, and of two first starts at once both use the winner's.
function createKeyFile(dataDir: string, path: string): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(32).toString("base64")}\n`, { flag: "wx", mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(dataDir);
}

// A new name survives a power cut only when its folder is flushed too.
function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
