/** Something that somebody at the terminal can put right; the message says how. */
export class Refusal extends Error {}

/** Mooring cannot be asked now, but may be soon. */
export class Away extends Error {}

/** Mooring's REST API, as whoever has the key. */
export interface Mooring {
  /** Rejects with `Away` when it does not answer or has no room, with a `Refusal` when it refuses. A DELETE gives undefined. */
  send<Body>(method: "GET" | "POST" | "DELETE", path: string, how?: Sending): Promise<Body>;
}

export interface Sending {
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export function createMooring({ url, apiKey }: { readonly url: URL; readonly apiKey: string }): Mooring {
  return { send };

  async function send<Body>(method: string, path: string, { query = {}, body, signal, timeoutMs = 15_000 }: Sending = {}): Promise<Body> {
    const address = new URL(path, url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
    const signals = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
    let response: Response;
    let text: string;
    try {
      response = await fetch(address, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.any(signals),
      });
      text = await response.text();
    } catch (error) {
      signal?.throwIfAborted();
      throw new Away(`Mooring does not answer at ${url.origin} (${whyOf(error)}).`);
    }
    const answer = contentOf(text);
    if (response.ok) return answer as Body;
    throw refusalOf(response.status, answer as Partial<ErrorBody> | undefined);
  }
}

interface ErrorBody {
  readonly message: string;
  readonly fields: readonly { readonly field: string; readonly message: string }[];
}

function refusalOf(status: number, { message = "", fields = [] }: Partial<ErrorBody> = {}): Error {
  if (status === 429 || status >= 500) return new Away(`Mooring answers ${status}${message && `: ${message}`}`);
  const said = [message, ...fields.map((one) => `  ${one.field}: ${one.message}`)].filter(Boolean).join("\n");
  if (status === 401) return new Refusal("The API key in MOORING_API_KEY is not one of this Mooring's, or has ended.");
  if (status === 403)
    return new Refusal(
      `The API key may not do this: ${said}\nIt needs connections:read, connections:write and events:read, for the whole connection.`,
    );
  return new Refusal(said || `Mooring answers ${status}.`);
}

function contentOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why a request could not be made, in a few words. */
export function whyOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
