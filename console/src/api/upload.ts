import { addresses } from "virtual:contract";
import type { AnswerOf, BodyOf, ParamsOf } from "@mooring/contract";
import { fill, refusalOf } from "./client.ts";
import { Refusal } from "./problem.ts";

/** A file that describes an API, and what becomes of it. */
export interface Upload {
  readonly params: ParamsOf<"ImportHTTPConnection">;
  readonly file: File;
  readonly metadata: BodyOf<"ImportHTTPConnection">["metadata"];
  readonly signal: AbortSignal;
  /** Told while the file is on its way. When all of it has arrived, Mooring is still reading it. */
  readonly onProgress: (sentBytes: number) => void;
}

/**
 * Imports a file, and tells how far it got: `fetch` cannot do that. Throws a `Refusal`, also (with the code `cancelled`) when `signal` ended it.
 */
export function importFile({ params, file, metadata, signal, onProgress }: Upload): Promise<AnswerOf<"ImportHTTPConnection">> {
  const [method = "POST", path = ""] = addresses.ImportHTTPConnection.split(" ");
  const form = new FormData();
  form.append("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }));
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const refuse = (code: string, message: string) => reject(new Refusal(0, { code, message }, undefined));
    request.open(method, fill(path, params));
    request.setRequestHeader("mooring-csrf", "1");
    request.upload.onprogress = ({ loaded }) => onProgress(Math.min(loaded, file.size));
    request.upload.onload = () => onProgress(file.size);
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status === 201) resolve(body as AnswerOf<"ImportHTTPConnection">);
      else reject(refusalOf({ status: request.status, headers: headersOf(request) }, body));
    };
    request.onerror = () =>
      refuse("unreachable", "Mooring does not answer. Is it running, and are you connected? The file is still chosen here.");
    // All of it may have arrived, and been read: then the connection is there.
    request.onabort = () => refuse("cancelled", "The import was cancelled. If Mooring was quicker, the connection is in the list.");
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

const headersOf = (request: XMLHttpRequest) => ({ get: (name: string) => request.getResponseHeader(name) });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
