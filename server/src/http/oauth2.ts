import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Callback, finish, type OAuth2FinishDeps } from "../control/oauth2-finish.ts";
import { minutesToSignIn, type OAuth2StartDeps, type Started, start } from "../control/oauth2-start.ts";
import { AnsweredBefore } from "../control/once.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { type Handlers, Reply } from "./handlers.ts";
import { endingPage } from "./page.ts";

export type OAuth2Deps = OAuth2StartDeps & OAuth2FinishDeps;

/** Handlers of signing in at outside systems. */
export function oauth2Handlers(deps: OAuth2Deps): Pick<Handlers, "InitialiseOAuth2Connection" | "HandleOAuth2ConnectionCallback"> {
  const isSecure = deps.publicUrl.protocol === "https:";
  return {
    async InitialiseOAuth2Connection({ call, params, body }) {
      const { url, state, browserSecret } = await start(deps, call, params.connection_id as ConnectionId, body).catch(beforehand);
      return new Reply({ url }, { cookie: cookie(state, { isSecure, value: browserSecret, seconds: minutesToSignIn * 60 }) });
    },
    async HandleOAuth2ConnectionCallback({ params, query, headers, caller, requestId }) {
      const browserSecret = cookieOf(headers, cookieName(query.state, isSecure));
      const failure = await outcome(deps, { org: params.organisation_id as OrganisationId, caller, browserSecret, requestId, query });
      const isForPeople = headers.accept?.includes("text/html") ?? false;
      if (failure && !isForPeople) throw failure;
      return new Reply(undefined, {
        cookie: cookie(query.state, { isSecure, value: "", seconds: 0 }),
        page: isForPeople ? pageOf(failure) : undefined,
      });
    },
  };
}

/** A repeated request with an Idempotency-Key gets the first one's cookie too. */
function beforehand(error: unknown): Started {
  if (error instanceof AnsweredBefore) return error.answer as Started;
  throw error;
}

/** What a person can be told; whatever is no `Problem` is thrown. */
async function outcome(deps: OAuth2Deps, callback: Callback): Promise<Problem | undefined> {
  try {
    await finish(deps, callback);
    return undefined;
  } catch (error) {
    if (error instanceof Problem && error.status !== 500) return error;
    throw error;
  }
}

function pageOf(failure: Problem | undefined): { status: number; html: string } {
  if (failure)
    return { status: failure.status, html: endingPage({ outcome: "failed", heading: "Not connected", sentence: failure.message }) };
  return { status: 200, html: endingPage({ outcome: "connected", heading: "Connected", sentence: "The sign-in is complete." }) };
}

/**
 * One cookie for each sign-in, so that several may be under way in one browser. Its name begins with `__Host-` where that is possible:
 * no page of a neighbouring host can then plant one (RFC 6265bis section 4.1.3.2), and planting is all that an attacker lacks who
 * wants somebody else's tokens in their own connection. That prefix wants the path `/`.
 */
function cookieName(state: string, isSecure: boolean): string {
  return `${isSecure ? "__Host-" : ""}oauth2-${hash("sha256", state, "base64url").slice(0, 16)}`;
}

/** Lax: the browser comes back from another site, by a navigation. */
function cookie(state: string, { isSecure, value, seconds }: { isSecure: boolean; value: string; seconds: number }): string {
  const secure = isSecure ? "; Secure" : "";
  return `${cookieName(state, isSecure)}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

function cookieOf({ cookie: all = "" }: IncomingHttpHeaders, name: string): string | undefined {
  const pair = all.split(";", cookiesMax).find((one) => one.trimStart().startsWith(`${name}=`));
  return pair?.slice(pair.indexOf("=") + 1).trim();
}

const cookiesMax = 500;
