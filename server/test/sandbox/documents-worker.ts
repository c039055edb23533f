import { fileLimits, readDocument } from "../../src/sandbox/documents.ts";
import { answerRequests } from "../../src/sandbox/worker-loop.ts";

/** Reads files as any worker of the sandbox would, and says what of them can be said briefly. */
answerRequests<Uint8Array, { format: string; bytes: number; isPolluted: boolean }>((file) => {
  const { value, format } = readDocument(file, fileLimits);
  return { format, bytes: JSON.stringify(value).length, isPolluted: "polluted" in {} };
});
