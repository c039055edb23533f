import type { IncomingMessage, ServerResponse } from "node:http";
import { allowSlowBody } from "./body-deadline.ts";
import { createFormRoom } from "./form-room.ts";
import { type Form, formBytesMax, readForm, tooLarge } from "./multipart.ts";

/** Reads the forms of an API's callers, a bounded number of bytes at a time. */
export interface Forms {
  /** Throws what `readForm` throws, and `Problem` overloaded while there is no room. The room is given back when the answer is out. */
  read(request: IncomingMessage, response: ServerResponse, org: string): Promise<Form>;
}

/** Files have at most `fileBytesMax`; the forms of four such files may be in memory at the same time. */
export function createForms({ fileBytesMax }: { fileBytesMax: number }): Forms {
  const bytesMax = formBytesMax(fileBytesMax);
  const room = createFormRoom({ bytesMax: 4 * bytesMax });
  return {
    async read(request, response, org) {
      const bytes = Number(request.headers["content-length"] ?? bytesMax);
      if (bytes > bytesMax) throw tooLarge(fileBytesMax);
      const giveBack = room.take(org, bytes);
      response.once("close", giveBack);
      allowSlowBody(request, bytes);
      return readForm(request, { fileBytesMax });
    },
  };
}
