import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";

/**
 * Where tests put their databases: into memory, where the machine keeps files there and has enough of it, else into the folder of
 * temporary files. Most tests store a thousand things and kill nobody, and would wait for a disk after each.
 */
export function scratchFolder(): string {
  return process.availableMemory() >= roomBytes && roomOf(memoryFolder) >= roomBytes ? memoryFolder : tmpdir();
}

const memoryFolder = "/dev/shm";
const roomBytes = 4 * 1024 ** 3;

function roomOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
