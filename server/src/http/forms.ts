import type { IncomingMessage, ServerResponse } from "node:http";
import { besideFileBytesMax, type ImportRoom } from "../control/import-room.ts";
import { allowSlowBody } from "./body-deadline.ts";
import { type Form, readForm, tooLarge } from "./multipart.ts";

/** Reads the forms of an API's callers, a bounded number of bytes at a time. */
export interface Forms {
  /** Throws what `readForm` throws, and `Problem` overloaded while there is no room. The room is given back when the answer is out. */
  read(request: IncomingMessage, response: ServerResponse, org: string): Promise<Form>;
}

export function createForms(room: ImportRoom): Forms {
  const { fileBytesMax } = room;
  const bytesMax = fileBytesMax + besideFileBytesMax;
  return {
    async read(request, response, org) {
      // Where it is not said how much will come, it may be as much as any.
      const bytes = Number(request.headers["content-length"] ?? bytesMax);
      if (bytes > bytesMax) throw tooLarge(fileBytesMax);
      response.once("close", room.take(org, bytes));
      allowSlowBody(request, bytes);
      return readForm(request, { fileBytesMax });
    },
  };
}
