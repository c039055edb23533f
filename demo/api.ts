/** What came back: `line` is the request and its status on one line, for people. */
export interface Answer {
  readonly status: number;
  readonly line: string;
  readonly text: string;
  readonly body: unknown;
}

/** Mooring's REST API with nothing between: an HTTP client and an API key are all it takes. */
export function createApi({ url, apiKey }: { url: URL; apiKey: string }) {
  return { send };

  async function send(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, line: `${method} ${path} -> ${response.status}`, text, body: JSON.parse(text) };
  }
}
