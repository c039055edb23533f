import type { ErrorBody, Explanation } from "@mooring/contract";
import { fill, refusalOf, sendRaw } from "../../../api/client.ts";
import { now } from "../../../parts/now.ts";

/** Which environment. */
export interface Where {
  readonly org: string;
  readonly connection: string;
  readonly environment: string;
}

/** What came of a test, and what each credential does to such a call. */
export interface Tested {
  readonly status: number;
  readonly durationMs: number;
  /** Why there was no answer of the outside system; undefined when there was one. */
  readonly refusal: string | undefined;
  readonly explanation: Explanation;
}

/** Sends a GET through the gateway, and has the same call explained. Throws a `Refusal` when Mooring was not reached or does not explain it. */
export async function sendTest(where: Where, path: string): Promise<Tested> {
  const explained = await sendRaw("GET", addressOf("explain", where, path));
  const told = (await explained.json()) as unknown;
  if (!explained.ok) throw refusalOf(explained, told);
  const began = now();
  const answer = await sendRaw("GET", addressOf("proxy", where, path));
  const durationMs = now().getTime() - began.getTime();
  const refusal = answer.headers.get("mooring-origin") === "upstream" ? undefined : await messageIn(answer);
  await answer.body?.cancel().catch(() => undefined);
  return { status: answer.status, durationMs, refusal, explanation: told as Explanation };
}

/** Whether a path stays within the environment: a browser resolves `..` before it sends. */
export function isWithin(where: Where, path: string): boolean {
  const base = addressOf("proxy", where, "");
  const address = addressOf("proxy", where, path);
  return !path.includes("#") && URL.canParse(address, location.origin) && new URL(address, location.origin).pathname.startsWith(base);
}

function addressOf(door: "proxy" | "explain", where: Where, path: string): string {
  const base = fill("/o/{org}/connections/{connection}/environments/{environment}/", { ...where });
  return `${base}${door}/${path.replace(/^\/+/, "")}`;
}

async function messageIn(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => ({}))) as Partial<ErrorBody>;
  return body.message ?? "Mooring did not send it.";
}
